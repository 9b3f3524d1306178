import type { Millis, Sample } from '../../core/sample.js';
import { Follower } from './follower.js';

/** The outcome of a probe as screens show it. A late reply stays a loss. */
export const ProbeStatus = { none: 0, reply: 1, overdue: 2, lost: 3 } as const;
export type ProbeStatus = (typeof ProbeStatus)[keyof typeof ProbeStatus];

/** Visited newest first; `rttMs` holds for replies only. */
export type ProbeVisitor = (at: Millis, status: ProbeStatus, rttMs: Millis) => void;

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
  private status: Uint8Array;
  private newest = -1;
  private follower = new Follower();

  constructor(readonly capacity: number) {
    this.room = Math.min(MIN_ROOM, capacity);
    this.at = new Float64Array(this.room);
    this.rtt = new Float32Array(this.room);
    this.status = new Uint8Array(this.room);
  }

  put(sample: Sample): void {
    const status = statusOf(sample);
    if (status === ProbeStatus.none || !this.follows(sample)) return;
    const { seq, at, outcome } = sample;
    if (seq <= this.newest - this.capacity) return;
    this.advance(seq);
    const slot = seq % this.room;
    this.at[slot] = at;
    this.status[slot] = status;
    this.rtt[slot] = outcome.kind === 'reply' ? outcome.rttMs : 0;
  }

  since(from: Millis, visit: ProbeVisitor): void {
    const { oldest } = this;
    for (let seq = this.newest; seq >= oldest; seq--) {
      const slot = seq % this.room;
      const status = this.status[slot] as ProbeStatus;
      if (status === ProbeStatus.none) continue;
      if (this.at[slot]! < from) return;
      visit(this.at[slot]!, status, this.rtt[slot]!);
    }
  }

  /** The outcome of the newest probe. */
  last(): { status: ProbeStatus; rttMs: Millis } {
    const { oldest } = this;
    for (let seq = this.newest; seq >= oldest; seq--) {
      const slot = seq % this.room;
      if (this.status[slot] !== ProbeStatus.none)
        return { status: this.status[slot] as ProbeStatus, rttMs: this.rtt[slot]! };
    }
    return { status: ProbeStatus.none, rttMs: 0 };
  }

  /** When the oldest stored probe was sent; Infinity if there is none. */
  get reachesBack(): Millis {
    const { oldest } = this;
    for (let seq = oldest; seq <= this.newest; seq++)
      if (this.status[seq % this.room] !== ProbeStatus.none) return this.at[seq % this.room]!;
    return Infinity;
  }

  copy(): SampleRing {
    const copy: SampleRing = Object.assign(Object.create(SampleRing.prototype), this);
    copy.at = this.at.slice();
    copy.rtt = this.rtt.slice();
    copy.status = this.status.slice();
    copy.follower = this.follower.copy();
    return copy;
  }

  private follows(sample: Sample): boolean {
    const part = this.follower.follow(sample);
    if (part === 'another') {
      this.newest = -1;
      this.status.fill(ProbeStatus.none);
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
      this.status[skipped % this.room] = ProbeStatus.none;
    this.newest = Math.max(this.newest, seq);
  }

  /** Whether the slot of a probe, or of those between it and the newest, belongs to another probe. */
  private isTooSmallFor(seq: number): boolean {
    if (this.newest - seq >= this.room) return true;
    for (let skipped = this.firstNewSlot(seq); skipped <= seq; skipped++)
      if (this.status[skipped % this.room] !== ProbeStatus.none) return true;
    return false;
  }

  /** The first probe after the newest that gets a slot of its own when `seq` is stored. */
  private firstNewSlot(seq: number): number {
    return Math.max(this.newest + 1, seq - this.room + 1);
  }

  private grow(): void {
    const { room, at, rtt, status, oldest } = this;
    this.room = Math.min(this.capacity, 2 * room);
    this.at = new Float64Array(this.room);
    this.rtt = new Float32Array(this.room);
    this.status = new Uint8Array(this.room);
    for (let seq = oldest; seq <= this.newest; seq++) {
      this.at[seq % this.room] = at[seq % room]!;
      this.rtt[seq % this.room] = rtt[seq % room]!;
      this.status[seq % this.room] = status[seq % room]!;
    }
  }
}

function statusOf({ outcome }: Sample): ProbeStatus {
  if (outcome.kind === 'reply') return outcome.late ? ProbeStatus.lost : ProbeStatus.reply;
  if (outcome.kind === 'overdue') return ProbeStatus.overdue;
  return outcome.kind === 'lost' ? ProbeStatus.lost : ProbeStatus.none;
}
