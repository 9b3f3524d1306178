import type { Millis, Outcome } from '../sample.js';
import {
  type Json,
  list,
  moment,
  momentOrNever,
  object,
  part,
  type Stateful,
  text,
  truth,
} from '../validation/saved-state.js';
import type { TimeSpan } from './peers.js';

export type Announcement = Extract<Outcome, { kind: 'announce' }>;

/** What was announced of a target in a span of time. */
export interface RecentAnnouncements {
  /** Reverse ARP frames, which a hypervisor sends for a VM that arrived. */
  moved: number;
  /** When the first and the last of these arrived. */
  movedAt?: { first: Millis; last: Millis };
  /** ARP, or neighbour advertisements, that a guest sends of its own accord: after a move, and after a boot. */
  gratuitous: number;
}

/** The hardware address was another one before; `several`: both are in use. */
export interface AddressChange {
  from: string;
  to: string;
  several: boolean;
}

const RETENTION_MS: Millis = 30_000;
const CAPACITY = 256;
/** Someone resolves the address of a target that we probe about once a minute. */
const AUDIBLE_MS: Millis = 600_000;

interface Frame {
  at: Millis;
  moved: boolean;
}

/** From `at` on, the address was at `mac`. */
interface Holder {
  at: Millis;
  mac: string;
}

/** What a hardware address looks like; what comes from a file may be anything. */
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const MAX_HOLDERS = 16;

const STATE = part<{ frames: Frame[]; heardAt: Millis; holders: Holder[] }>(2, {
  frames: list(object<Frame>({ at: moment, moved: truth }), CAPACITY),
  heardAt: momentOrNever,
  holders: list(object<Holder>({ at: moment, mac: text }), MAX_HOLDERS),
});

/** Recent announcements of one target on the segment. */
export class Announcements implements Stateful {
  private frames: Frame[] = [];
  private lastAt: Millis = -Infinity;
  /** Every change of the hardware address, oldest first. */
  private holders: Holder[] = [];

  /** Whether frames of the target were received lately: only then is a missing announcement evidence. */
  audible(now: Millis): boolean {
    return now - this.lastAt < AUDIBLE_MS;
  }

  add(at: Millis, { via, gratuitous, mac }: Announcement): void {
    this.lastAt = at;
    if (mac !== this.holders.at(-1)?.mac && MAC.test(mac)) this.holders.push({ at, mac });
    if (this.holders.length > MAX_HOLDERS) this.holders.shift();
    if (!gratuitous && via !== 'rarp') return;
    this.frames.push({ at, moved: via === 'rarp' });
    while (this.frames.length > CAPACITY || this.frames[0]!.at < at - RETENTION_MS) this.frames.shift();
  }

  within({ from, to }: TimeSpan): RecentAnnouncements {
    const frames = this.frames.filter(({ at }) => at >= from && at <= to);
    const moved = frames.filter(frame => frame.moved).map(({ at }) => at);
    const [first, last] = [moved[0], moved.at(-1)];
    return {
      moved: moved.length,
      ...(first !== undefined && last !== undefined && { movedAt: { first, last } }),
      gratuitous: frames.length - moved.length,
    };
  }

  /** The hardware address before `moment` and another one since; `several` if it changed more than once. */
  holdersSince(moment: Millis): AddressChange | undefined {
    const changes = this.holders.filter(({ at }) => at >= moment);
    const from = this.holders.findLast(({ at }) => at < moment)?.mac;
    const to = changes.find(({ mac }) => mac !== from)?.mac;
    if (from === undefined || to === undefined) return undefined;
    return { from, to, several: changes.length > 1 };
  }

  save(): Json {
    return STATE.save({ frames: this.frames, heardAt: this.lastAt, holders: this.holders });
  }

  load(saved: Json): void {
    ({ frames: this.frames, heardAt: this.lastAt, holders: this.holders } = STATE.load(saved));
  }
}
