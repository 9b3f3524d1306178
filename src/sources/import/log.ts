import { type EvidenceWitness, OUTCOMES, type OutcomeKind } from '../../core/outcomes.js';
import type { Millis, Sample, TargetId } from '../../core/sample.js';
import type { KnownRow } from '../../recording/rows.js';
import type { Columns } from './series-fields.js';
import type { Skipped } from './skipped.js';
import type { Timetable } from './timetable.js';

/** What a log holds: samples, and gaps between its runs. */
export type LogEntry = Sample | GapRow;

/** What a recording is made of: logs, and notes from a log of another kind. */
export type ImportEntry = LogEntry | Extract<KnownRow, { type: 'note' }>;

export type GapRow = Extract<KnownRow, { type: 'gap' }>;

/** A gap in the samples of a target. */
export function gapRow(target: TargetId, at: Millis, until: Millis, reason: string): GapRow {
  return { type: 'gap', data: { at, until, reason, target } };
}

/** Reads one log line by line. */
export interface LogReader {
  /** The entries of a line, in the order in which outcomes were known. */
  read(text: string, number: number): LogEntry[];
  /** The samples of probes that are still open at the end of the log. */
  end(): LogEntry[];
}

export interface LogSettings {
  /** The target of a log whose lines do not name one. */
  target: TargetId;
  timeoutMs: number;
  skipped: Skipped;
  /** For a log of ping without stamps. */
  timetable?: Timetable;
  /** The columns of a series, if the user named them. */
  columns?: Columns;
}

/** A kind of log; its file exports one of these. */
export interface LogFormat {
  name: string;
  summary: string;
  /** A line of such a log, for a message about one that is not. */
  example: string;
  /** The outcomes of its samples, all of one witness. */
  kinds: readonly OutcomeKind[];
  /** Whether the line can only be from this kind of log. */
  fits(text: string): boolean;
  /** The target that a line names, in a log of a single target. */
  targetIn?(text: string): TargetId | undefined;
  /** The stamp of a line, of a kind of log whose files may continue one another, as rotated ones do. */
  stampIn?(text: string): Millis | undefined;
  /** The target of a log that names none. */
  targetFrom?(path: string): TargetId;
  /** `path` can be read again, for a log that has to be read in advance; `-` cannot. */
  open(settings: LogSettings, path: string): LogReader;
}

/** What the samples of such a log are evidence of. */
export function witnessOf({ kinds: [kind] }: LogFormat): EvidenceWitness {
  return OUTCOMES[kind!].witness;
}
