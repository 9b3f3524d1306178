import type { Millis, Sample } from '../../core/sample.js';
import { Follower } from './follower.js';

/** The outcome of a probe as screens show it. A late reply stays a loss. */
export const Fate = { none: 0, reply: 1, overdue: 2, lost: 3 } as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** Visited newest first; `rttMs` holds for replies only. */
export type ProbeVisitor = (at: Millis, fate: Fate, rttMs: Millis) => void;

/** A source of probes to draw. */
export interface ProbeReader {
  /** Visits the probes sent at `from` or later. */
  since(from: Millis, visit: ProbeVisitor): void;
}

/** The last probes of a target in the order of sending, each with its current outcome; memory is fixed. */
export class SampleRing implements ProbeReader {
  private at: Float64Array;
  private rtt: Float32Array;
  private fate: Uint8Array;
  private newest = -1;
  private follower = new Follower();

  constructor(readonly capacity: number) {
    this.at = new Float64Array(capacity);
    this.rtt = new Float32Array(capacity);
    this.fate = new Uint8Array(capacity);
  }

  put(sample: Sample): void {
    const fate = fateOf(sample);
    if (fate === Fate.none || !this.follows(sample)) return;
    const { seq, at, outcome } = sample;
    if (seq <= this.newest - this.capacity) return;
    this.advance(seq);
    const slot = seq % this.capacity;
    this.at[slot] = at;
    this.fate[slot] = fate;
    this.rtt[slot] = outcome.kind === 'reply' ? outcome.rttMs : 0;
  }

  since(from: Millis, visit: ProbeVisitor): void {
    const oldest = Math.max(0, this.newest - this.capacity + 1);
    for (let seq = this.newest; seq >= oldest; seq--) {
      const slot = seq % this.capacity;
      const fate = this.fate[slot] as Fate;
      if (fate === Fate.none) continue;
      if (this.at[slot]! < from) return;
      visit(this.at[slot]!, fate, this.rtt[slot]!);
    }
  }

  /** The outcome of the newest probe. */
  last(): { fate: Fate; rttMs: Millis } {
    const oldest = Math.max(0, this.newest - this.capacity + 1);
    for (let seq = this.newest; seq >= oldest; seq--) {
      const slot = seq % this.capacity;
      if (this.fate[slot] !== Fate.none) return { fate: this.fate[slot] as Fate, rttMs: this.rtt[slot]! };
    }
    return { fate: Fate.none, rttMs: 0 };
  }

  /** When the oldest stored probe was sent; Infinity if there is none. */
  get reachesBack(): Millis {
    const oldest = Math.max(0, this.newest - this.capacity + 1);
    for (let seq = oldest; seq <= this.newest; seq++)
      if (this.fate[seq % this.capacity] !== Fate.none) return this.at[seq % this.capacity]!;
    return Infinity;
  }

  copy(): SampleRing {
    const copy: SampleRing = Object.assign(Object.create(SampleRing.prototype), this);
    copy.at = this.at.slice();
    copy.rtt = this.rtt.slice();
    copy.fate = this.fate.slice();
    copy.follower = this.follower.copy();
    return copy;
  }

  private follows(sample: Sample): boolean {
    const part = this.follower.follow(sample);
    if (part === 'another') {
      this.newest = -1;
      this.fate.fill(Fate.none);
    }
    return part !== 'unwanted';
  }

  private advance(seq: number): void {
    const first = Math.max(this.newest + 1, seq - this.capacity + 1);
    for (let skipped = first; skipped <= seq; skipped++) this.fate[skipped % this.capacity] = Fate.none;
    this.newest = Math.max(this.newest, seq);
  }
}

function fateOf({ outcome }: Sample): Fate {
  if (outcome.kind === 'reply') return outcome.late ? Fate.lost : Fate.reply;
  if (outcome.kind === 'overdue') return Fate.overdue;
  return outcome.kind === 'lost' ? Fate.lost : Fate.none;
}
