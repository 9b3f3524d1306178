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

/** Slots allocated at first. Most targets of a long list are watched for a short time, or rarely answer. */
const MIN_ROOM = 64;

/** The last probes of a target in the order of sending, each with its current outcome. Memory grows up to `capacity` probes. */
export class SampleRing implements ProbeReader {
  /** A probe is at its number modulo the room. */
  private room: number;
  private at: Float64Array;
  private rtt: Float32Array;
  private fate: Uint8Array;
  private newest = -1;
  private follower = new Follower();

  constructor(readonly capacity: number) {
    this.room = Math.min(MIN_ROOM, capacity);
    this.at = new Float64Array(this.room);
    this.rtt = new Float32Array(this.room);
    this.fate = new Uint8Array(this.room);
  }

  put(sample: Sample): void {
    const fate = fateOf(sample);
    if (fate === Fate.none || !this.follows(sample)) return;
    const { seq, at, outcome } = sample;
    if (seq <= this.newest - this.capacity) return;
    this.advance(seq);
    const slot = seq % this.room;
    this.at[slot] = at;
    this.fate[slot] = fate;
    this.rtt[slot] = outcome.kind === 'reply' ? outcome.rttMs : 0;
  }

  since(from: Millis, visit: ProbeVisitor): void {
    const { oldest } = this;
    for (let seq = this.newest; seq >= oldest; seq--) {
      const slot = seq % this.room;
      const fate = this.fate[slot] as Fate;
      if (fate === Fate.none) continue;
      if (this.at[slot]! < from) return;
      visit(this.at[slot]!, fate, this.rtt[slot]!);
    }
  }

  /** The outcome of the newest probe. */
  last(): { fate: Fate; rttMs: Millis } {
    const { oldest } = this;
    for (let seq = this.newest; seq >= oldest; seq--) {
      const slot = seq % this.room;
      if (this.fate[slot] !== Fate.none) return { fate: this.fate[slot] as Fate, rttMs: this.rtt[slot]! };
    }
    return { fate: Fate.none, rttMs: 0 };
  }

  /** When the oldest stored probe was sent; Infinity if there is none. */
  get reachesBack(): Millis {
    const { oldest } = this;
    for (let seq = oldest; seq <= this.newest; seq++)
      if (this.fate[seq % this.room] !== Fate.none) return this.at[seq % this.room]!;
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

  /** The number of the oldest probe that may be stored. */
  private get oldest(): number {
    return Math.max(0, this.newest - this.room + 1);
  }

  private advance(seq: number): void {
    while (this.room < this.capacity && this.isTooSmallFor(seq)) this.grow();
    for (let skipped = this.firstNewSlot(seq); skipped <= seq; skipped++)
      this.fate[skipped % this.room] = Fate.none;
    this.newest = Math.max(this.newest, seq);
  }

  /** Whether the slot of a probe, or of those between it and the newest, belongs to another probe. */
  private isTooSmallFor(seq: number): boolean {
    if (this.newest - seq >= this.room) return true;
    for (let skipped = this.firstNewSlot(seq); skipped <= seq; skipped++)
      if (this.fate[skipped % this.room] !== Fate.none) return true;
    return false;
  }

  /** The first probe after the newest that gets a slot of its own when `seq` is stored. */
  private firstNewSlot(seq: number): number {
    return Math.max(this.newest + 1, seq - this.room + 1);
  }

  private grow(): void {
    const { room, at, rtt, fate, oldest } = this;
    this.room = Math.min(this.capacity, 2 * room);
    this.at = new Float64Array(this.room);
    this.rtt = new Float32Array(this.room);
    this.fate = new Uint8Array(this.room);
    for (let seq = oldest; seq <= this.newest; seq++) {
      this.at[seq % this.room] = at[seq % room]!;
      this.rtt[seq % this.room] = rtt[seq % room]!;
      this.fate[seq % this.room] = fate[seq % room]!;
    }
  }
}

function fateOf({ outcome }: Sample): Fate {
  if (outcome.kind === 'reply') return outcome.late ? Fate.lost : Fate.reply;
  if (outcome.kind === 'overdue') return Fate.overdue;
  return outcome.kind === 'lost' ? Fate.lost : Fate.none;
}
