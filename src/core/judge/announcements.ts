import type { Millis, Outcome } from '../sample.js';
import {
  type Json,
  list,
  moment,
  momentOrNever,
  object,
  part,
  type Stateful,
  truth,
} from '../validation/saved-state.js';
import type { TimeSpan } from './peers.js';

export type Announcement = Extract<Outcome, { kind: 'announce' }>;

/** What was announced of a target in a span of time. */
export interface RecentAnnouncements {
  /** Reverse ARP frames, which a hypervisor sends for a VM that arrived. */
  moved: number;
  /** ARP, or neighbour advertisements, that a guest sends of its own accord: after a move, and after a boot. */
  gratuitous: number;
}

const RETENTION_MS: Millis = 30_000;
const CAPACITY = 256;
/** Someone resolves the address of a target that we probe about once a minute. */
const AUDIBLE_MS: Millis = 600_000;

interface Frame {
  at: Millis;
  moved: boolean;
}

const STATE = part<{ frames: Frame[]; heardAt: Millis }>(1, {
  frames: list(object<Frame>({ at: moment, moved: truth }), CAPACITY),
  heardAt: momentOrNever,
});

/** Recent announcements of one target on the segment. */
export class Announcements implements Stateful {
  private frames: Frame[] = [];
  private lastAt: Millis = -Infinity;

  /** Whether frames of the target were received lately: only then is a missing announcement evidence. */
  audible(now: Millis): boolean {
    return now - this.lastAt < AUDIBLE_MS;
  }

  add(at: Millis, { via, gratuitous }: Announcement): void {
    this.lastAt = at;
    if (!gratuitous && via !== 'rarp') return;
    this.frames.push({ at, moved: via === 'rarp' });
    while (this.frames.length > CAPACITY || this.frames[0]!.at < at - RETENTION_MS) this.frames.shift();
  }

  within({ from, to }: TimeSpan): RecentAnnouncements {
    const frames = this.frames.filter(({ at }) => at >= from && at <= to);
    const moved = frames.filter(frame => frame.moved).length;
    return { moved, gratuitous: frames.length - moved };
  }

  save(): Json {
    return STATE.save({ frames: this.frames, heardAt: this.lastAt });
  }

  load(saved: Json): void {
    ({ frames: this.frames, heardAt: this.lastAt } = STATE.load(saved));
  }
}
