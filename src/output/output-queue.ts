import type { Writable } from 'node:stream';
import type { Importance, OutputFailure, SessionOutput } from '../session/io.js';
import { deferred } from '../system/deferred.js';
import { systemWords } from '../system/error-text.js';

const MIB = 1024 * 1024;
/** A line is accepted while fewer bytes than this are waiting. */
const ROOM: Record<Importance, number> = {
  low: 4 * MIB,
  normal: 8 * MIB,
  high: Number.POSITIVE_INFINITY,
};

/** Bytes beyond which a writer that can wait should wait. */
const FULL = MIB;
/** Characters of one write to the stream. */
const CHUNK = 64 * 1024;

const FAILURES: Record<string, OutputFailure> = {
  EPIPE: { kind: 'reader-gone' },
  ECONNRESET: { kind: 'reader-gone' },
  EIO: { kind: 'hangup' },
};

/** Writes text to a stream without blocking. What the system does not accept at once waits, in a bounded queue. */
export class OutputQueue implements SessionOutput {
  /** Why nothing is written any more; undefined while the stream works. */
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

  /** The system accepted everything so far. A failed write sets `failure` a moment later. */
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

  /** Resolves when the system accepted everything, or accepts nothing any more. */
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
