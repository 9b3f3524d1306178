import type { Sample, TargetId } from '../../core/sample.js';
import type { Columns } from './series-fields.js';
import type { Skipped } from './skipped.js';

/** Reads one log line by line. */
export interface LogReader {
  /** The samples that a line brings, in the order in which outcomes were known. */
  read(text: string, number: number): Sample[];
  /** The log is over: what it leaves open is settled. */
  end(): Sample[];
}

export interface LogSettings {
  /** Whom the log is about, where it does not say so on every line. */
  target: TargetId;
  timeoutMs: number;
  skipped: Skipped;
  /** The columns of a series, if the user named them. */
  columns?: Columns;
}

/** A kind of log; its file exports one of these. */
export interface LogFormat {
  name: string;
  summary: string;
  /** What its samples witness. */
  witness: 'echo' | 'clock' | 'announce';
  /** Whether the line is one that only this kind of log holds. */
  fits(text: string): boolean;
  /** The target that a line names, of a log that is about a single one. */
  targetIn?(text: string): TargetId | undefined;
  /** The target of a log that names none. */
  targetFrom?(path: string): TargetId;
  /** `path` can be read again, for a log that needs to be read ahead; `-` can not. */
  open(settings: LogSettings, path: string): LogReader;
}
