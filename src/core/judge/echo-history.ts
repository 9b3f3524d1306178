import type { Millis } from '../sample.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import {
  count,
  expectState,
  FURTHEST,
  inner,
  type Json,
  numbers,
  part,
  type Stateful,
} from '../validation/saved-state.js';
import type { Echo } from './echo-runs.js';

const CAPACITY = 256;
/** Rows allocated at first: many targets answer rarely, or never. V8 keeps so few bytes without a buffer of their own. */
const MIN_ROOM = 2;
/** Of an echo: its number, when it was sent, its RTT. */
const FIELDS = 3;

/** Replies; before, what looks unusual may be usual. */
const LEARNED_FROM = 200;

const STATE = part<{ count: number; echoes: Float64Array; median: Json; p99: Json }>(2, {
  count,
  echoes: numbers(CAPACITY * FIELDS, -FURTHEST, FURTHEST),
  median: inner,
  p99: inner,
});

/** The usual range of round trips. */
export interface Level {
  lowMs: Millis;
  medianMs: Millis;
  highMs: Millis;
}

/** The usual RTT of a target, and its last good echoes, which form the edge of a later disturbance. */
export class EchoHistory implements Stateful {
  /** One row per echo, at its number modulo the number of rows. */
  private rows = emptyRows(MIN_ROOM);
  private median = new RunningQuantile(0.5);
  private p99 = new RunningQuantile(0.99);
  private count = 0;

  /** Adds an ordinary reply. */
  add(seq: number, at: Millis, rttMs: Millis): void {
    this.count++;
    this.keep(seq, at, rttMs);
    this.median.add(rttMs);
    this.p99.add(rttMs);
  }

  get typicalMs(): Millis {
    return this.median.value ?? 0;
  }

  /** Whether the target ever answered. */
  get answered(): boolean {
    return this.median.value !== undefined;
  }

  /** Whether enough replies were seen to call a round trip unusual. */
  get learned(): boolean {
    return this.count >= LEARNED_FROM;
  }

  /** The path changed: what is usual is learned again, from the replies since. */
  learnAgain(since: Millis): void {
    const rtts = this.rttsWithin(since, Infinity);
    if (rtts.length === 0) return;
    this.median = new RunningQuantile(0.5);
    this.p99 = new RunningQuantile(0.99);
    this.count = 0;
    for (const rttMs of rtts) {
      this.median.add(rttMs);
      this.p99.add(rttMs);
    }
  }

  /** Whether a round trip is far outside the usual range: above twice the median and 5 ms, and above twice the p99. */
  isSlow(rttMs: Millis): boolean {
    if (this.p99.value === undefined) return false;
    return rttMs > 2 * this.median.value! + 5 && rttMs > 2 * this.p99.value;
  }

  /** The stored good echoes among the last `back` before `seq`, or before the last answered one, in order. */
  recent(back: number, before?: number): Echo[] {
    const { rows } = this;
    const first = (before ?? this.latestSeq()) - back;
    const echoes: Echo[] = [];
    for (let row = 0; row < rows.length; row += FIELDS)
      if (rows[row]! >= 0 && rows[row]! >= first)
        echoes.push({ seq: rows[row]!, at: rows[row + 1]!, status: 'good', rttMs: rows[row + 2]! });
    return echoes.sort((a, b) => a.seq - b.seq);
  }

  /** The round trips of the stored good echoes that were sent after `from` and no later than `to`, in order. */
  rttsWithin(from: Millis, to: Millis): Millis[] {
    const { rows } = this;
    const places: number[] = [];
    for (let row = 0; row < rows.length; row += FIELDS)
      if (rows[row]! >= 0 && rows[row + 1]! > from && rows[row + 1]! <= to) places.push(row);
    return places.sort((a, b) => rows[a]! - rows[b]!).map(row => rows[row + 2]!);
  }

  save(): Json {
    const { rows } = this;
    const echoes = rows.filter((_, place) => rows[place - (place % FIELDS)]! >= 0);
    return STATE.save({ count: this.count, echoes, median: this.median.save(), p99: this.p99.save() });
  }

  load(saved: Json): void {
    const { count, echoes, median, p99 } = STATE.load(saved);
    this.count = count;
    expectState(echoes.length % FIELDS === 0, 'rows of echoes');
    for (let row = 0; row < echoes.length; row += FIELDS) {
      const [seq, at, rttMs] = echoes.subarray(row, row + FIELDS) as unknown as [number, Millis, Millis];
      expectState(Number.isSafeInteger(seq) && seq >= 0, 'the number of an echo');
      this.keep(seq, at, rttMs);
    }
    this.median.load(median);
    this.p99.load(p99);
  }

  private keep(seq: number, at: Millis, rttMs: Millis): void {
    const room = this.rows.length / FIELDS;
    const row = (seq % room) * FIELDS;
    const present = this.rows[row]!;
    if (present >= 0 && present !== seq && room < CAPACITY) {
      this.grow();
      this.keep(seq, at, rttMs);
      return;
    }
    this.rows[row] = seq;
    this.rows[row + 1] = at;
    this.rows[row + 2] = rttMs;
  }

  /** Of the stored echoes; negative if there is none. */
  private latestSeq(): number {
    let latest = -1;
    for (let row = 0; row < this.rows.length; row += FIELDS) latest = Math.max(latest, this.rows[row]!);
    return latest;
  }

  private grow(): void {
    const { rows } = this;
    this.rows = emptyRows((2 * rows.length) / FIELDS);
    for (let row = 0; row < rows.length; row += FIELDS)
      if (rows[row]! >= 0) this.keep(rows[row]!, rows[row + 1]!, rows[row + 2]!);
  }
}

function emptyRows(room: number): Float64Array {
  return new Float64Array(room * FIELDS).fill(-1);
}
