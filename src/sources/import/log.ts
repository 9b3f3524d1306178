import { type EvidenceWitness, OUTCOMES, type OutcomeKind } from '../../core/outcomes.js';
import type { Sample, TargetId } from '../../core/sample.js';
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
}

/** A kind of log; its file exports one of these. */
export interface LogFormat {
  name: string;
  summary: string;
  /** The outcomes of its samples, all of one witness. */
  kinds: readonly OutcomeKind[];
  /** Whether the line is one that only this kind of log holds. */
  fits(text: string): boolean;
  /** The target that a line names, of a log that is about a single one. */
  targetIn?(text: string): TargetId | undefined;
  /** `path` can be read again, for a log that needs to be read ahead; `-` can not. */
  open(settings: LogSettings, path: string): LogReader;
}

/** What the samples of such a log are evidence of. */
export function witnessOf({ kinds: [kind] }: LogFormat): EvidenceWitness {
  return OUTCOMES[kind!].witness;
}
