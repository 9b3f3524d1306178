import { setTimeout as sleep } from 'node:timers/promises';
import { FASTEST, SLOWEST, VirtualClock } from '../core/clock/virtual-clock.js';
import type { MigrationEvent } from '../core/event.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { SessionInfo, TargetInfo } from '../core/session-info.js';
import type { Json } from '../core/validation/saved-state.js';
import { endingNotes } from '../recording/ending.js';
import { type Entry, isSample, RecordingReader } from '../recording/reader.js';
import type { Row } from '../recording/rows.js';
import { monotonicNow } from '../system/clock.js';
import { deferred } from '../system/deferred.js';
import type { SampleSource } from './live-samples.js';
import { type IndexOptions, SeekIndex } from './seek-index.js';
import type { IndexData } from './survey.js';

const TICK_MS: Millis = 20;
/** A tick blocks the screen for at most this long. */
const TICK_BUDGET_MS: Millis = 12;
const BATCH = 1024;
/** Rows beside the samples that are delivered in one call. */
const MAX_ROWS = 4096;

/** The replay continues from another place; the samples from there on follow. */
export interface Jump {
  /** Everything until here is in `state`. */
  at: Millis;
  /** For `SessionEngine.load`; it holds the events that are open at `at`. */
  state: Json;
  /** The events that were over by then, as judged now. */
  events: readonly MigrationEvent[];
  targets: readonly TargetInfo[];
}

export interface ReplayOptions extends IndexOptions {
  /** How much of the past a screen shows after a jump. */
  lookbackMs: Millis;
  /** Infinity for as fast as possible. */
  speed?: number;
  /** Opens the recording after this time, although its index is still being made; absent: with the whole index. */
  patienceMs?: Millis;
}

/** A recording as the source of a session's samples, on a clock that the user controls. Opens no socket. */
export class ReplaySource implements SampleSource {
  onNotice: ((text: string) => void) | undefined;
  /** Called with each row that is not a sample, in its place among the samples. */
  onRow: ((row: Row) => void) | undefined;
  onJump: ((jump: Jump) => void) | undefined;
  /** Resolves when the end is reached for the first time; rejects with an error of the receiver. */
  readonly finished: Promise<void>;
  private readonly end = deferred<void>();
  private readonly clock: VirtualClock;
  private readonly targets = new Map<TargetId, TargetInfo>();
  private readonly notices: string[] = [];
  private deliver: (samples: readonly Sample[]) => void = () => {};
  private entries: readonly Entry[] = [];
  private next = 0;
  /** The time of the last sample that was delivered. */
  private reached: Millis;
  /** The number of samples that were delivered. */
  private delivered = 0;
  /** When the last sample that was delivered was known, and when the one before it. */
  private lastAt: Millis = -Infinity;
  private before: Millis = -Infinity;
  /** The moment to jump to as soon as the recording is read so far. */
  private wanted: Millis | undefined;
  private timer: NodeJS.Timeout | undefined;
  private started = false;
  private stopped = false;

  private constructor(
    private readonly reader: RecordingReader,
    private readonly index: SeekIndex,
    private readonly options: ReplayOptions,
  ) {
    this.finished = this.end.promise;
    this.reached = index.data.startedAt;
    this.clock = new VirtualClock(this.reached, options.speed ?? 1);
    for (const info of reader.header.targets) this.targets.set(info.target, info);
    index.onProgress = () => this.seekIfRead();
    if (index.data.ending) this.noteEnding();
    else
      index.complete.then(
        () => this.noteEnding(),
        error => this.end.reject(error),
      );
  }

  /** Opens the recording and its index, which is made the first time. Rejects with the fault of the recording. */
  static async open(path: string, options: ReplayOptions): Promise<ReplaySource> {
    const index = SeekIndex.begin(path, options);
    const { patienceMs } = options;
    await (patienceMs === undefined ? index.complete : Promise.race([index.complete, sleep(patienceMs)]));
    return new ReplaySource(RecordingReader.open(path), index, options);
  }

  /** The whole recording at a glance, or the part that was read: its span, events as recorded and as judged now, gaps, notes. */
  get overview(): IndexData {
    return this.index.data;
  }

  /** Resolves when the whole recording was read, or the replay was stopped. */
  get read(): Promise<void> {
    return this.index.complete;
  }

  /** The share of the recording that was read, in 0…1. */
  get share(): number {
    return this.index.share;
  }

  get paused(): boolean {
    return this.clock.paused;
  }

  get speed(): number {
    return this.clock.speed;
  }

  info(): SessionInfo {
    const { tool, plan } = this.reader.header;
    return {
      version: tool,
      startedAt: this.overview.startedAt,
      intervalMs: plan.intervalMs,
      timeoutMs: plan.timeoutMs,
      packetsPerSecond: (this.targets.size * 1000) / plan.intervalMs,
      targets: [...this.targets.values()],
      notices: this.notices,
    };
  }

  now(): Millis {
    const endedAt = Math.max(this.index.endedAt, this.reached);
    const moment = this.clock.now(monotonicNow());
    return moment < endedAt ? moment : this.clock.speed === Infinity ? this.reached : endedAt;
  }

  /** Starts to play. */
  async start(deliver: (samples: readonly Sample[]) => void): Promise<void> {
    this.deliver = deliver;
    this.started = true;
    for (const notice of this.notices) this.onNotice?.(notice);
    this.resume();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    this.index.close();
    this.reader.close();
  }

  pause(): void {
    const moment = this.now();
    this.clock.pause(monotonicNow());
    this.clock.set(moment, monotonicNow());
    clearTimeout(this.timer);
  }

  resume(): void {
    if (this.stopped) return;
    this.clock.resume(monotonicNow());
    clearTimeout(this.timer);
    this.schedule();
  }

  /** From `SLOWEST` to `FASTEST`, or Infinity. */
  setSpeed(speed: number): void {
    const bounded = speed === Infinity ? speed : Math.min(FASTEST, Math.max(SLOWEST, speed));
    const moment = this.now();
    this.clock.setSpeed(bounded, monotonicNow());
    this.clock.set(moment, monotonicNow());
  }

  /** Pauses and delivers the next sample; false at the end. */
  step(): boolean {
    this.pause();
    const before = this.delivered;
    let state = this.play(Infinity, 1);
    while (state === 'due' && this.delivered === before) state = this.play(Infinity, 1);
    this.clock.set(this.reached, monotonicNow());
    return state !== 'end' || this.delivered > before;
  }

  /** Pauses and goes back to where the latest sample was not delivered yet; false at the beginning. */
  stepBack(): boolean {
    this.pause();
    const { before } = this;
    const isStart = before === -Infinity;
    this.seek(before);
    return !isStart;
  }

  /** Whether a jump waits until the recording is read so far. */
  get seeks(): boolean {
    return this.wanted !== undefined;
  }

  /**
   * Jumps to a moment: restores the state of a place before it and delivers the samples from there on. While the recording
   * is being read, a jump beyond that waits.
   */
  seek(moment: Millis): void {
    const { startedAt, endedAt, judged, ending } = this.overview;
    const at = Math.min(endedAt, Math.max(startedAt, moment));
    this.wanted = undefined;
    if (!ending && (moment > endedAt || !this.index.reaches(at))) {
      this.wanted = moment;
      return;
    }
    const place = this.index.placeBefore(at - this.options.lookbackMs);
    const state = this.index.stateAt(place);
    this.targets.clear();
    for (const info of this.reader.header.targets) this.targets.set(info.target, info);
    for (const row of this.index.data.changes.slice(0, place.changes)) this.follow(row);
    this.reader.seek(place.position);
    this.entries = [];
    this.next = 0;
    this.reached = Math.max(startedAt, place.at);
    this.lastAt = this.before = -Infinity;
    const events = judged.filter(({ endedAt: end = Infinity }) => end <= place.at);
    this.onJump?.({ at: this.reached, state, events, targets: [...this.targets.values()] });
    while (this.play(at, BATCH) === 'due');
    this.clock.set(at, monotonicNow());
  }

  /** At the end of the recording, and after each part that was read. */
  private seekIfRead(): void {
    if (this.wanted === undefined || this.stopped) return;
    try {
      this.seek(this.wanted);
    } catch (error) {
      this.end.reject(error);
    }
  }

  /** Says how the recording ended, once all of it was read. */
  private noteEnding(): void {
    const { ending } = this.index.data;
    if (!ending || this.stopped) return;
    for (const note of endingNotes(ending)) {
      const notice = `the recording is ${note.replace(/^[A-Z]+/, word => word.toLowerCase())}`;
      this.notices.push(notice);
      if (this.started) this.onNotice?.(notice);
    }
    this.seekIfRead();
  }

  private schedule(): void {
    const wait = this.clock.speed === Infinity ? 0 : TICK_MS;
    this.timer = setTimeout(() => this.tick(), wait);
  }

  private tick(): void {
    const limit = monotonicNow() + TICK_BUDGET_MS;
    const until = this.clock.now(monotonicNow());
    try {
      let state = this.play(until, BATCH);
      while (state === 'due' && !this.paused && monotonicNow() < limit) state = this.play(until, BATCH);
      if (state === 'end') {
        this.pause();
        this.end.resolve();
        return;
      }
      // If playing can't keep up, it goes on as fast as it can.
      if (state === 'due') this.clock.set(this.reached, monotonicNow());
      if (!this.paused) this.schedule();
    } catch (error) {
      this.end.reject(error);
    }
  }

  /**
   * Delivers at most `max` samples whose outcome was known by `until`. Returns whether more are `due` now, or `later`.
   * Returns after a while even without a sample, because a recording may hold nothing but rows, or damage.
   */
  private play(until: Millis, max: number): 'due' | 'later' | 'end' {
    const batch: Sample[] = [];
    for (let rows = 0; rows < MAX_ROWS; rows++) {
      const entry = this.upcoming();
      if (entry === undefined || entry === 'reading') {
        this.flush(batch);
        return entry ? 'due' : 'end';
      }
      const due = isSample(entry) && entry.knownAt <= until && batch.length < max;
      if (!due) this.flush(batch);
      if (!isSample(entry)) this.applyRow(entry);
      else if (due) batch.push(entry);
      else return entry.knownAt <= until ? 'due' : 'later';
      this.next++;
    }
    this.flush(batch);
    return 'due';
  }

  private flush(batch: Sample[]): void {
    if (batch.length === 0) return;
    const last = batch.at(-1)!.knownAt;
    const before = batch.findLast(({ knownAt }) => knownAt < last);
    this.before = before?.knownAt ?? (last > this.lastAt ? this.lastAt : this.before);
    this.lastAt = last;
    this.reached = Math.max(this.reached, batch.at(-1)!.knownAt);
    this.delivered += batch.length;
    this.deliver(batch.splice(0));
  }

  /** `reading`: after damage the reader needs more of the file for the next entry. Undefined at the end. */
  private upcoming(): Entry | 'reading' | undefined {
    if (this.next >= this.entries.length) {
      const entries = this.reader.read();
      if (!entries) return undefined;
      this.entries = entries;
      this.next = 0;
    }
    return this.entries[this.next] ?? 'reading';
  }

  private follow(row: Row): void {
    if (row.type === 'target') this.targets.set(row.data.info.target, row.data.info);
    if (row.type === 'removed') this.targets.delete(row.data.target);
  }

  private applyRow(row: Row): void {
    this.onRow?.(row);
    this.follow(row);
  }
}
