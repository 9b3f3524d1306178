import type { Millis } from '../sample.js';
import type { Finding } from './finding.js';

/** What the announcements and what was seen say together. */
export type GuestVerdict = 'announced-and-seen' | 'unannounced' | 'announced-not-seen' | 'restored';

export interface Judgement {
  verdict: GuestVerdict;
  /** Nobody announced it although this cloud announces such things. */
  alarm: boolean;
  summary: string;
}

/** A disruption may be seen this long after the announcement was taken back. */
const AFTER_MS: Millis = 30_000;
/** Two signs within this time are of the same disruption. */
const SAME_MS: Millis = 30_000;
/** A shorter gap happens on any busy machine. */
const GAP_MS: Millis = 100;

/**
 * Holds announcements against what was seen inside the VM. What the hypervisor marks is certain; a gap or a clock that was
 * set counts as seen only during an announcement, since both happen without a migration. Pure: findings go in, in order.
 */
export class GuestAccount {
  /** Announcements that are not over, and when something was first seen during each. */
  private readonly open = new Map<string, { what: string; seenAt: Millis | undefined }>();
  private lastOver: Millis = -Infinity;
  private lastSeenAt: Millis = -Infinity;

  /** `hears`: a source is asked that announces what will happen. */
  constructor(private readonly hears: boolean) {}

  /** Takes a finding; what follows from it, if anything does. */
  take(at: Millis, found: Finding): Judgement | undefined {
    switch (found.finding) {
      case 'announced':
      case 'started':
        if (!this.open.has(found.id)) this.open.set(found.id, { what: found.what, seenAt: undefined });
        return undefined;
      case 'over':
        return this.over(at, found.id);
      case 'restored':
        return { verdict: 'restored', alarm: true, summary: 'restored copy: its generation changed' };
      case 'disrupted':
      case 'moved':
        return this.seen(at, true);
      case 'gap':
        return found.gapMs >= GAP_MS ? this.seen(at, false) : undefined;
      case 'clock-set':
      case 'suspended':
        return this.seen(at, false);
      case 'steal':
        return undefined;
    }
  }

  private over(at: Millis, id: string): Judgement | undefined {
    const ended = this.open.get(id);
    this.open.delete(id);
    if (!ended) return undefined;
    this.lastOver = at;
    if (ended.seenAt !== undefined) return undefined;
    return { verdict: 'announced-not-seen', alarm: false, summary: `announced, not seen: ${ended.what}` };
  }

  private seen(at: Millis, certain: boolean): Judgement | undefined {
    const again = at - this.lastSeenAt < SAME_MS;
    const announced = [...this.open.values()].filter(({ seenAt }) => seenAt === undefined);
    const isAnnounced = this.open.size > 0 || at - this.lastOver < AFTER_MS;
    if (!certain && !isAnnounced) return undefined;
    this.lastSeenAt = at;
    for (const each of announced) each.seenAt = at;
    if (announced.length > 0) {
      const what = announced.map(each => each.what).join(', ');
      return { verdict: 'announced-and-seen', alarm: false, summary: `announced and seen: ${what}` };
    }
    if (again || isAnnounced) return undefined;
    return this.hears
      ? { verdict: 'unannounced', alarm: true, summary: 'seen though nothing was announced' }
      : {
          verdict: 'unannounced',
          alarm: false,
          summary: 'seen; no source of announcements is asked (see --source)',
        };
  }
}
