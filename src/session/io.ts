/** Why a session ended. */
export type Ending = 'done' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Why a stream accepts no more text. */
export type OutputFailure =
  /** The process at the other end of the pipe closed it. */
  | { kind: 'reader-gone' }
  /** The terminal was closed; SIGHUP follows. */
  | { kind: 'hangup' }
  /** `words` are the system's. */
  | { kind: 'failed'; words: string };

/** Which text is dropped first, last, and never when a reader is too slow. */
export type Importance = 'low' | 'normal' | 'high';

/** A bounded queue of text in front of a stream. */
export interface SessionOutput {
  /** Why nothing is written any more; undefined while it is. */
  readonly failure: OutputFailure | undefined;
  /** Resolves when `failure` is set. */
  readonly failed: Promise<OutputFailure>;
  /** The system took everything so far. */
  readonly isIdle: boolean;
  /** A writer that can wait writes no more for now. */
  readonly isFull: boolean;
  accepts(importance: Importance): boolean;
  /** Bounded only if the caller asks `accepts` first. */
  write(text: string): void;
  /** Resolves when the system took everything, or failed. */
  settled(): Promise<void>;
}

/** What a session gets from the process. */
export interface SessionIo {
  /** Writes to standard output: data only. Writes all of it, however long it takes. */
  write(text: string): void;
  /** Standard output for a session's lines, which may come faster than they are read. */
  output: SessionOutput;
  /** Writes a message to standard error. */
  say(text: string): void;
  /** A notice about how the process was started. */
  remark?: string | undefined;
  /** Calls `reread` whenever the session is asked to read its list of targets again. */
  onReread?(reread: () => void): void;
  /** Resolves when the session is asked to end from outside. */
  ended: Promise<Ending>;
}

/** The result of a session. */
export interface SessionResult {
  ending: Ending;
  /** An event of a kind that `--fail-on` names occurred. */
  failed: boolean;
  /** Part of a recording could not be written. */
  incomplete?: boolean;
}
