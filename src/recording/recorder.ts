import type { Millis, Sample } from '../core/sample.js';
import type { Sink, Step } from '../core/step.js';
import { encodeHeader, encodeRow } from './format.js';
import { LogFile, type LogFileOptions } from './log-file.js';
import { type Entry, isSample } from './reader.js';
import type { Header, Row } from './rows.js';
import { SampleEncoder } from './sample-rows.js';

/** The parts of a session that a recorder reads. */
export interface RecorderPorts {
  /** On the session's time line. */
  now(): Millis;
  /** The wall clock, to notice that the machine slept. */
  wall(): Millis;
  /** Read again whenever a file is created. */
  header(): Header;
  /** The state at this moment: detectors and judge, lights, open events. */
  opening(): readonly Row[];
  /** Gets messages for the user. */
  say(text: string): void;
}

export interface RecorderOptions extends LogFileOptions {
  /** Entries that wait while disk writes fail; samples beyond that are dropped and counted. 200,000 by default. */
  maxWaiting?: number;
}

const FLUSH_INTERVAL_MS: Millis = 250;
const SYNC_INTERVAL_MS: Millis = 3000;
const RETRY_INTERVAL_MS: Millis = 1000;
/** Entries that make some 64 kB. */
const FLUSH_AT = 4096;
const MAX_WAITING = 200_000;
/** The machine slept if the wall clock runs ahead by at least this. */
const MIN_SLEEP_MS: Millis = 1000;

/** Writes a session to a file as it happens. A disk that is full, or a file that goes away, never stops the session. */
export class Recorder implements Sink {
  /** Samples written. */
  samples = 0;
  /** Why writing fails now, in words. */
  trouble: string | undefined;
  /** The file lacks rows, or may lack rows. Final after `close`. */
  incomplete = false;
  /** Samples and rows that were dropped while the disk write failed. */
  private missing = 0;
  private file: LogFile;
  private encoder = new SampleEncoder();
  private waiting: Entry[] = [];
  /** The first entries of `waiting`, encoded. Encoded only once, because each row builds on the one before. */
  private batch: { bytes: Uint8Array; entries: number; samples: number } | undefined;
  /** The user got a message about entries that a recording can't hold. */
  private refused = false;
  private dropped: { count: number; from: Millis; to: Millis } | undefined;
  private latest: Millis | undefined;
  private maxSilence: Millis = Infinity;
  private ahead: Millis;
  private triedAt: Millis = -Infinity;
  private syncedAt: Millis = -Infinity;
  private readonly timer: NodeJS.Timeout;
  private readonly maxWaiting: number;

  private constructor(
    path: string,
    options: RecorderOptions,
    private readonly ports: RecorderPorts,
  ) {
    this.maxWaiting = options.maxWaiting ?? MAX_WAITING;
    this.file = LogFile.create(path, options);
    this.ahead = ports.wall() - ports.now();
    this.begin();
    this.flush();
    this.timer = setInterval(() => this.tick(), FLUSH_INTERVAL_MS);
    this.timer.unref();
  }

  /** Creates the file. Throws if that fails: it exists and `force` is not set, or the folder can't be written. */
  static open(path: string, options: RecorderOptions, ports: RecorderPorts): Recorder {
    return new Recorder(path, options, ports);
  }

  get path(): string {
    return this.file.path;
  }

  /** Bytes written. */
  get size(): number {
    return this.file.size;
  }

  take(step: Step): void {
    const { sample } = step;
    this.noticeSilence(sample);
    if (this.waiting.length < this.maxWaiting && !this.dropped) this.waiting.push(sample);
    else this.drop(sample);
    for (const light of step.lights) this.add({ type: 'light', data: light });
    for (const event of step.events) this.add({ type: 'event', data: event });
    if (this.waiting.length >= FLUSH_AT && !this.trouble) this.flush();
  }

  /** Adds what happened before the recording began, in order. It may come in parts. */
  addPast(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (isSample(entry)) this.noticeSilence(entry);
      if (this.waiting.length < this.maxWaiting) this.waiting.push(entry);
      else this.missing++;
      if (this.waiting.length >= FLUSH_AT && !this.trouble) this.flush();
    }
  }

  /** Adds a row, such as a reset or a note. */
  add(row: Row): void {
    // Twice the limit of samples: rows are rare, and each is worth more.
    if (this.waiting.length < 2 * this.maxWaiting) this.waiting.push(row);
    else this.missing++;
  }

  /** Writes everything and the end line. */
  close(): void {
    clearInterval(this.timer);
    this.flush();
    this.add({ type: 'end', data: { at: this.ports.now(), samples: this.samples } });
    this.flush();
    this.missing += this.waiting.length;
    if (this.missing > 0) this.ports.say(`${this.missing} rows could not be written to ${this.path}`);
    this.incomplete = this.missing > 0;
    try {
      this.file.close();
    } catch (error) {
      this.incomplete = true;
      this.ports.say(`${this.path} may be incomplete: ${(error as Error).message}`);
    }
  }

  private tick(): void {
    this.noticeSleep();
    const now = this.ports.now();
    if (this.trouble && now - this.triedAt < RETRY_INTERVAL_MS) return;
    this.flush();
    if (this.trouble || now - this.syncedAt < SYNC_INTERVAL_MS) return;
    this.syncedAt = now;
    this.file.sync(error => this.failed(error));
  }

  /** Writes waiting entries, unless the disk write fails. A timer calls this four times a second. */
  flush(): void {
    this.triedAt = this.ports.now();
    try {
      if (!this.file.intact) this.createAgain();
      while (this.waiting.length > 0 || this.file.size === 0) this.writeBatch();
    } catch (error) {
      this.failed(error as Error);
      return;
    }
    if (this.trouble) this.ports.say(`recording continues in ${this.path}`);
    this.trouble = undefined;
    if (this.dropped) this.writeGap();
  }

  private writeBatch(): void {
    this.batch ??= this.encode();
    this.file.append(this.batch.bytes);
    this.waiting.splice(0, this.batch.entries);
    this.samples += this.batch.samples;
    this.batch = undefined;
  }

  private encode(): { bytes: Uint8Array; entries: number; samples: number } {
    const head = this.file.size === 0 ? encodeHeader(this.ports.header()) : '';
    const entries = this.waiting.slice(0, FLUSH_AT);
    const lines = entries.map(entry => this.lineOf(entry));
    const samples = entries.filter((entry, index) => isSample(entry) && lines[index] !== '').length;
    return { bytes: Buffer.from(head + lines.join('')), entries: entries.length, samples };
  }

  /** Empty for an entry that a reader would refuse: a number out of range, or a text that is too long. */
  private lineOf(entry: Entry): string {
    try {
      if (isSample(entry)) return this.encoder.encode(entry);
      return (entry.type === 'end' ? this.encoder.end() : '') + encodeRow(entry);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (!this.refused) this.ports.say(`not everything can be recorded: ${error.message}`);
      this.refused = true;
      return '';
    }
  }

  /** The entries that wait come before the saved state, because the state includes them. */
  private begin(): void {
    this.samples = 0;
    this.batch = undefined;
    this.encoder = new SampleEncoder();
    this.maxSilence = silence(this.ports.header());
    this.waiting.push(...this.ports.opening());
  }

  private createAgain(): void {
    const { path } = this.file;
    this.file.close();
    this.file = LogFile.create(path, { number: true });
    this.begin();
    this.ports.say(
      `another program deleted, replaced or cut ${path}; recording continues in ${this.file.path}`,
    );
  }

  private failed(error: Error): void {
    if (!this.trouble) this.ports.say(`can't record to ${this.path}: ${error.message}; watching continues`);
    this.trouble = error.message;
  }

  private drop(sample: Sample): void {
    this.dropped ??= { count: 0, from: sample.knownAt, to: sample.knownAt };
    this.dropped.count++;
    this.missing++;
    this.dropped.to = sample.knownAt;
  }

  /** Writes the gap, and the state again: the detectors saw the samples that the file lacks. */
  private writeGap(): void {
    const { count, from, to } = this.dropped!;
    this.dropped = undefined;
    const reason = 'disk write failed';
    this.waiting.push(
      { type: 'gap', data: { at: from, until: to, reason, dropped: count } },
      ...this.ports.opening(),
    );
  }

  private noticeSilence({ knownAt }: Sample): void {
    if (this.latest !== undefined && knownAt - this.latest > this.maxSilence)
      this.add({ type: 'gap', data: { at: this.latest, until: knownAt, reason: 'nothing was probed' } });
    this.latest = knownAt;
  }

  /** The session's time line stands still while the machine sleeps; the wall clock does not. */
  private noticeSleep(): void {
    const now = this.ports.now();
    const ahead = this.ports.wall() - now;
    const slept = ahead - this.ahead;
    this.ahead = ahead;
    if (slept < MIN_SLEEP_MS) return;
    const reason = `the wall clock ran ahead by ${(slept / 1000).toFixed(1)} s: asleep, or the clock was set`;
    this.add({ type: 'gap', data: { at: now, until: now, reason } });
  }
}

/** The longest time without a sample while probes are sent: every probe has an outcome within its timeout. */
function silence({ plan }: Header): Millis {
  return plan.timeoutMs + Math.max(1000, 5 * plan.intervalMs);
}
