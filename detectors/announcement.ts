import type { Detector, DetectorPlugin } from '../src/core/detector.js';
import type { AnnounceVia, Millis, Outcome, Sample } from '../src/core/sample.js';
import type { OptionSpecs, Options } from '../src/core/validation/options.js';
import {
  count,
  expectState,
  type Json,
  mapOf,
  momentOrNever,
  optional,
  part,
  type Stateful,
  text,
} from '../src/core/validation/saved-state.js';
import { VERDICT, type Verdict } from '../src/core/verdict.js';
import { calm, LEARNING } from './verdicts.js';

/*
 * Unsolicited frames on the segment announce where the target is, as hypervisors and guests do after a migration.
 *
 * score = how many such frames came, each within `hold` of the one before: RARP for the target's hardware address,
 * gratuitous ARP, unsolicited neighbour advertisements, and any that puts the address at another hardware address.
 * threshold = `count` − ½ frames. Calm again `hold` after the last; answers to our own questions are no alarm.
 *
 * Not for: targets behind a router. Anybody on the segment can forge an announcement, and a guest that boots or takes
 * over an address announces itself too: alone it is no proof.
 * Reference: RFC 903; RFC 5227; RFC 4861 section 7.2.6; QEMU net/announce.c (0, 50, 200, 450 and 800 ms after arrival).
 */
const options = {
  count: {
    default: 1,
    unit: 'frames',
    help: 'how many announcements raise an alarm',
    min: 1,
    max: 100,
    whole: true,
  },
  hold: {
    default: 1000,
    unit: 'ms',
    help: 'how long an alarm lasts after the last one',
    min: 0,
    max: 60_000,
  },
} as const satisfies OptionSpecs;

type Announce = Extract<Outcome, { kind: 'announce' }>;

const NAMES: Record<AnnounceVia, string> = {
  rarp: 'RARP',
  arp: 'gratuitous ARP',
  advertisement: 'unsolicited advertisement',
};
/** What a MAC looks like; what comes from a file may be anything. */
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

const STATE = part<{
  mac: string | undefined;
  movedTo: string | undefined;
  counts: Map<string, number>;
  score: number;
  lastAt: Millis;
  latest: Verdict;
}>(1, {
  mac: optional(text),
  movedTo: optional(text),
  counts: mapOf(count, Object.keys(NAMES).length),
  score: count,
  lastAt: momentOrNever,
  latest: VERDICT,
});

class Announcement implements Detector, Stateful {
  private mac: string | undefined;
  private movedTo: string | undefined;
  private counts = new Map<AnnounceVia, number>();
  private score = 0;
  private lastAt: Millis = -Infinity;
  private latest: Verdict = LEARNING;

  constructor(private readonly set: Options<typeof options>) {}

  observe({ knownAt, outcome }: Sample): Verdict {
    if (knownAt > this.lastAt + this.set.hold) this.forget();
    if (outcome.kind === 'announce' && Object.hasOwn(NAMES, outcome.via)) this.heed(outcome, knownAt);
    this.latest = this.verdict();
    return this.latest;
  }

  save(): Json {
    const { mac, movedTo, counts, score, lastAt, latest } = this;
    return STATE.save({ mac, movedTo, counts, score, lastAt, latest });
  }

  load(saved: Json): void {
    const { mac, movedTo, counts, score, lastAt, latest } = STATE.load(saved);
    expectState(
      [...counts.keys()].every(via => Object.hasOwn(NAMES, via)),
      'counts of announcements',
    );
    this.mac = mac;
    this.movedTo = movedTo;
    this.counts = counts as Map<AnnounceVia, number>;
    this.score = score;
    this.lastAt = lastAt;
    this.latest = latest;
  }

  private heed({ via, mac, gratuitous }: Announce, at: Millis): void {
    const moved = this.mac !== undefined && mac !== this.mac;
    this.mac = mac;
    if (moved && MAC.test(mac)) this.movedTo = mac;
    if (gratuitous) this.counts.set(via, (this.counts.get(via) ?? 0) + 1);
    if (!gratuitous && !moved) return;
    this.score++;
    this.lastAt = at;
  }

  private forget(): void {
    if (this.score === 0) return;
    this.counts.clear();
    this.movedTo = undefined;
    this.score = 0;
  }

  private verdict(): Verdict {
    const threshold = this.set.count - 0.5;
    if (this.score <= threshold) return calm(this.latest, this.score, threshold);
    return { state: 'alarm', score: this.score, threshold, why: this.words() };
  }

  private words(): string {
    const counted = [...this.counts].map(([via, count]) => `${count} ${NAMES[via]}`);
    const moved = this.movedTo === undefined ? [] : [`the address is at ${this.movedTo} now`];
    return [...counted, ...moved].join(', ') || 'the address has moved';
  }
}

export const announcement: DetectorPlugin = {
  name: 'announcement',
  summary: 'the target was announced on the segment (RARP, gratuitous ARP)',
  reads: ['announce', 'reply', 'clock'],
  options,
  create: given => new Announcement(given as Options<typeof options>),
};
