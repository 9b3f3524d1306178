import { RunningQuantile } from '../running-quantile.js';
import type { Millis } from '../sample.js';
import type { Echo } from './episode.js';

const KEPT = 256;

/** A target's habit: its usual RTT, and its last good echoes, for the edge of a disturbance that starts later. */
export class EchoMemory {
  private readonly seqs = new Float64Array(KEPT).fill(-1);
  private readonly ats = new Float64Array(KEPT);
  private readonly rtts = new Float64Array(KEPT);
  private readonly median = new RunningQuantile(0.5);
  private readonly p99 = new RunningQuantile(0.99);

  /** Takes in an ordinary reply. */
  add(seq: number, at: Millis, rttMs: Millis): void {
    const slot = seq % KEPT;
    this.seqs[slot] = seq;
    this.ats[slot] = at;
    this.rtts[slot] = rttMs;
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
  recent(back: number, seq = Math.max(...this.seqs)): Echo[] {
    const echoes: Echo[] = [];
    for (let slot = 0; slot < KEPT; slot++)
      if (this.seqs[slot]! >= Math.max(0, seq - back))
        echoes.push({ seq: this.seqs[slot]!, at: this.ats[slot]!, fate: 'good', rttMs: this.rtts[slot]! });
    return echoes.sort((a, b) => a.seq - b.seq);
  }
}
