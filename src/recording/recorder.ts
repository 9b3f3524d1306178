import type { Millis, Sample } from '../core/sample.js';
import type { Sink, Step } from '../core/step.js';
import { encodeHeader, encodeRow, type Header, type Row } from './format.js';
import { LogFile, type LogFileOptions } from './log-file.js';
import { type Entry, isSample } from './reader.js';
import { SampleEncoder } from './sample-rows.js';

/** What a recorder asks of its session. */
export interface RecorderPorts {
  /** On the session's time line. */
  now(): Millis;
  /** The wall clock, to notice that the machine slept. */
  wall(): Millis;
  /** Told anew whenever a file is begun. */
  header(): Header;
  /** What stands at this moment: what was learned, the lights, the open events. */
  opening(): readonly Row[];
  /** Something that the user should read. */
  say(text: string): void;
}

const FLUSH_EVERY: Millis = 250;
const SYNC_EVERY: Millis = 3000;
const RETRY_EVERY: Millis = 1000;
/** Entries that make some 64 kB. */
const FLUSH_AT = 4096;
/** What is kept while the disk takes nothing; beyond that samples are counted, not kept. */
const MAX_WAITING = 200_000;
/** A wall clock that runs ahead by this much tells of a sleep. */
const SLEPT: Millis = 1000;

/** Writes a session to a file as it happens. A disk that is full, or a file that goes away, never stops the session. */
export class Recorder implements Sink {
  /** Samples written. */
  samples = 0;
  /** What keeps us from writing, in words. */
  trouble: string | undefined;
  /** Something is not in the file, or may not be. Final after `close`. */
  incomplete = false;
  /** Samples and rows that were dropped while the disk write failed. */
  private missing = 0;
  private file: LogFile;
  private encoder = new SampleEncoder();
  private waiting: Entry[] = [];
  /** The first entries of `waiting` as they will be written; encoded once, because rows build on each other. */
  private batch: { bytes: Uint8Array; entries: number; samples: number } | undefined;
  /** Something was said of entries that no recording holds. */
  private refused = false;
  private dropped: { count: number; from: Millis; to: Millis } | undefined;
  private latest: Millis | undefined;
  private longestSilence: Millis = Infinity;
  private ahead: Millis;
  private triedAt: Millis = -Infinity;
  private syncedAt: Millis = -Infinity;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    path: string,
    options: LogFileOptions,
    private readonly ports: RecorderPorts,
  ) {
    this.file = LogFile.create(path, options);
    this.ahead = ports.wall() - ports.now();
    this.begin();
    this.flush();
    this.timer = setInterval(() => this.tick(), FLUSH_EVERY);
    this.timer.unref();
  }

  /** Begins a file. Throws when it can't be created: it exists and `force` was not said, or the folder can't be written. */
  static open(path: string, options: LogFileOptions, ports: RecorderPorts): Recorder {
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
    if (this.waiting.length < MAX_WAITING && !this.dropped) this.waiting.push(sample);
    else this.drop(sample);
    for (const light of step.lights) this.add({ type: 'light', data: light });
    for (const event of step.events) this.add({ type: 'event', data: event });
    if (this.waiting.length >= FLUSH_AT && !this.trouble) this.flush();
  }

  /** Adds what the session or its user has to say, such as a reset. */
  add(row: Row): void {
    // Twice as much as of samples: these are rare, and losing one loses more.
    if (this.waiting.length < 2 * MAX_WAITING) this.waiting.push(row);
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
    if (this.trouble && now - this.triedAt < RETRY_EVERY) return;
    this.flush();
    if (this.trouble || now - this.syncedAt < SYNC_EVERY) return;
    this.syncedAt = now;
    this.file.sync(error => this.failed(error));
  }

  /** Writes what waits, if the disk takes it. Happens by itself, four times a second. */
  flush(): void {
    this.triedAt = this.ports.now();
    try {
      if (!this.file.intact) this.beginAnew();
      while (this.waiting.length > 0 || this.file.size === 0) this.writeBatch();
    } catch (error) {
      this.failed(error as Error);
      return;
    }
    if (this.trouble) this.ports.say(`recording goes on in ${this.path}`);
    this.trouble = undefined;
    if (this.dropped) this.tellDropped();
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

  /** Empty for what no reader would take: a number out of range, or a text that is too long. */
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

  /** What waits was seen before what was learned: the order in which a replay takes them in. */
  private begin(): void {
    this.samples = 0;
    this.batch = undefined;
    this.encoder = new SampleEncoder();
    this.longestSilence = silence(this.ports.header());
    this.waiting.push(...this.ports.opening());
  }

  private beginAnew(): void {
    const { path } = this.file;
    this.file.close();
    this.file = LogFile.create(path, { number: true });
    this.begin();
    this.ports.say(
      `${path} was deleted, replaced or cut by somebody; recording goes on in ${this.file.path}`,
    );
  }

  private failed(error: Error): void {
    if (!this.trouble) this.ports.say(`can't record to ${this.path}: ${error.message}; watching goes on`);
    this.trouble = error.message;
  }

  private drop(sample: Sample): void {
    this.dropped ??= { count: 0, from: sample.knownAt, to: sample.knownAt };
    this.dropped.count++;
    this.missing++;
    this.dropped.to = sample.knownAt;
  }

  /** Detectors saw what the file lacks, so what they know is told anew. */
  private tellDropped(): void {
    const { count, from, to } = this.dropped!;
    this.dropped = undefined;
    const reason = 'the disk took nothing';
    this.waiting.push(
      { type: 'gap', data: { at: from, until: to, reason, dropped: count } },
      ...this.ports.opening(),
    );
  }

  private noticeSilence({ knownAt }: Sample): void {
    if (this.latest !== undefined && knownAt - this.latest > this.longestSilence)
      this.add({ type: 'gap', data: { at: this.latest, until: knownAt, reason: 'nothing was probed' } });
    this.latest = knownAt;
  }

  /** Our time line stands still while the machine sleeps, and the wall clock does not. */
  private noticeSleep(): void {
    const now = this.ports.now();
    const ahead = this.ports.wall() - now;
    const slept = ahead - this.ahead;
    this.ahead = ahead;
    if (slept < SLEPT) return;
    const reason = `the wall clock ran ahead by ${(slept / 1000).toFixed(1)} s: asleep, or the clock was set`;
    this.add({ type: 'gap', data: { at: now, until: now, reason } });
  }
}

/** Every probe has some outcome within its timeout. */
function silence({ plan }: Header): Millis {
  return plan.timeoutMs + Math.max(1000, 5 * plan.intervalMs);
}
