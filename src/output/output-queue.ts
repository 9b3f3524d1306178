import type { Writable } from 'node:stream';
import { deferred } from '../core/deferred.js';
import type { Importance, OutputFailure, SessionOutput } from '../session/io.js';
import { systemWords } from '../system/error-text.js';

const MIB = 1024 * 1024;
/** A line is accepted while less than so many bytes wait. */
const ROOM: Record<Importance, number> = {
  low: 4 * MIB,
  normal: 8 * MIB,
  high: Number.POSITIVE_INFINITY,
};

/** Whoever can wait writes no more beyond this. */
const FULL = MIB;
/** Characters that are handed over at once. */
const CHUNK = 64 * 1024;

const FAILURES: Record<string, OutputFailure> = {
  EPIPE: { kind: 'reader-gone' },
  ECONNRESET: { kind: 'reader-gone' },
  EIO: { kind: 'hangup' },
};

/** Text on its way to a stream. A write that the system takes at once is done at once; of the rest a bounded amount waits. */
export class OutputQueue implements SessionOutput {
  /** Why nothing is written any more; undefined while it is. */
  failure: OutputFailure | undefined;
  /** Resolves when `failure` is set. */
  readonly failed: Promise<OutputFailure>;
  private readonly ends = deferred<OutputFailure>();
  private readonly waiting: string[] = [];
  private waitingBytes = 0;
  private readonly settling = new Set<() => void>();

  constructor(
    private readonly stream: Writable,
    private readonly isTerminal: boolean,
  ) {
    this.failed = this.ends.promise;
    stream.on('error', error => this.fail(error));
  }

  /** The system took everything so far. A write that failed is reported a moment later, as `failure`. */
  get isIdle(): boolean {
    return this.waiting.length === 0 && this.stream.writableLength === 0 && this.stream.writable;
  }

  get isFull(): boolean {
    return this.waitingBytes >= FULL;
  }

  accepts(importance: Importance): boolean {
    return this.waitingBytes < ROOM[importance];
  }

  /** Bounded only if the caller asks `accepts` first. */
  write(text: string): void {
    if (this.failure) return;
    this.waiting.push(text);
    this.waitingBytes += Buffer.byteLength(text);
    this.pump();
  }

  /** Resolves when the system took everything, or takes nothing any more. */
  settled(): Promise<void> {
    return new Promise(done => {
      this.settling.add(done);
      this.pump();
    });
  }

  private readonly pump = (): void => {
    while (this.waiting.length > 0 && this.stream.writableLength === 0 && this.stream.writable)
      this.stream.write(this.nextChunk(), this.pump);
    if (!this.isIdle && !this.failure) return;
    for (const done of this.settling) done();
    this.settling.clear();
  };

  private nextChunk(): string {
    let [lines, length] = [0, 0];
    while (lines < this.waiting.length && length < CHUNK) length += this.waiting[lines++]!.length;
    const chunk = this.waiting.splice(0, lines).join('');
    this.waitingBytes -= Buffer.byteLength(chunk);
    return chunk;
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.failure) return;
    const known = FAILURES[error.code ?? ''];
    const isKnown = known && (known.kind !== 'hangup' || this.isTerminal);
    this.failure = isKnown ? known : { kind: 'failed', words: systemWords(error) };
    this.waiting.length = 0;
    this.waitingBytes = 0;
    this.ends.resolve(this.failure);
    this.pump();
  }
}
