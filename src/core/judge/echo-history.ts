import type { Millis } from '../sample.js';
import { expectState, FURTHEST, inner, type Json, numbers, part, type Stateful } from '../state.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import type { Echo } from './disturbance.js';

const KEPT = 256;
/** Of an echo: its number, when it was sent, its RTT. */
const FIELDS = 3;

const STATE = part<{ echoes: Float64Array; median: Json; p99: Json }>(1, {
  echoes: numbers(KEPT * FIELDS, -FURTHEST, FURTHEST),
  median: inner,
  p99: inner,
});

/** A target's habit: its usual RTT, and its last good echoes, for the edge of a disturbance that starts later. */
export class EchoHistory implements Stateful {
  /** A row an echo, at the place that its number has modulo the rows; there from the first reply on. */
  private rows: Float64Array | undefined;
  private readonly median = new RunningQuantile(0.5);
  private readonly p99 = new RunningQuantile(0.99);

  /** Takes in an ordinary reply. */
  add(seq: number, at: Millis, rttMs: Millis): void {
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

  /** Far outside the habit: above twice the median and 5 ms, and above twice the p99. */
  isSlow(rttMs: Millis): boolean {
    if (this.p99.value === undefined) return false;
    return rttMs > 2 * this.median.value! + 5 && rttMs > 2 * this.p99.value;
  }

  /** The good echoes still remembered of the last `back` before `seq`, or of the last answered ones, in order. */
  recent(back: number, before?: number): Echo[] {
    const kept = [...this.kept()].sort(([a], [b]) => a - b);
    const first = (before ?? kept.at(-1)?.[0] ?? 0) - back;
    return kept
      .filter(([seq]) => seq >= first)
      .map(([seq, at, rttMs]): Echo => ({ seq, at, status: 'good', rttMs }));
  }

  save(): Json {
    const { rows = new Float64Array(0) } = this;
    const echoes = rows.filter((_, place) => rows[place - (place % FIELDS)]! >= 0);
    return STATE.save({ echoes, median: this.median.save(), p99: this.p99.save() });
  }

  load(saved: Json): void {
    const { echoes, median, p99 } = STATE.load(saved);
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
    this.rows ??= new Float64Array(KEPT * FIELDS).fill(-1);
    const row = (seq % KEPT) * FIELDS;
    this.rows[row] = seq;
    this.rows[row + 1] = at;
    this.rows[row + 2] = rttMs;
  }

  private *kept(): Generator<[seq: number, at: Millis, rttMs: Millis]> {
    const { rows = new Float64Array(0) } = this;
    for (let row = 0; row < rows.length; row += FIELDS)
      if (rows[row]! >= 0) yield [rows[row]!, rows[row + 1]!, rows[row + 2]!];
  }
}
