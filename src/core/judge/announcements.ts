import type { Millis, Outcome } from '../sample.js';
import type { Span } from './neighbourhood.js';

export type Announcement = Extract<Outcome, { kind: 'announce' }>;

/** What was announced of a target in a span of time. */
export interface Heard {
  /** Reverse ARP, which a hypervisor sends for a VM that arrived; an unsolicited neighbour advertisement on IPv6. */
  moved: number;
  /** ARP that a guest sends of its own accord: after a move, and after a boot. */
  gratuitous: number;
}

const REMEMBERED_MS: Millis = 30_000;
const REMEMBERED = 256;

/** The announcements of one target that were lately heard on the segment. */
export class Announcements {
  private readonly frames: { at: Millis; moved: boolean }[] = [];
  /** Whether any frame of the target was ever heard: only then does silence mean anything. */
  audible = false;

  add(at: Millis, { via, gratuitous }: Announcement): void {
    this.audible = true;
    if (!gratuitous && via !== 'rarp') return;
    this.frames.push({ at, moved: via !== 'arp' });
    while (this.frames.length > REMEMBERED || this.frames[0]!.at < at - REMEMBERED_MS) this.frames.shift();
  }

  within({ from, to }: Span): Heard {
    const frames = this.frames.filter(({ at }) => at >= from && at <= to);
    const moved = frames.filter(frame => frame.moved).length;
    return { moved, gratuitous: frames.length - moved };
  }
}
