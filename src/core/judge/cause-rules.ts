import type { CauseId } from '../causes/causes.js';
import { levelWords } from '../causes/echo-questions.js';
import { SERIES_MS } from '../causes/segment-questions.js';
import type { EvidenceWitness } from '../outcomes.js';
import { type Features, lostNothing } from './features.js';

/** A rule of a cause. Of those that fit, the first one names the verdict. */
export interface CauseRule {
  id: string;
  witness: EvidenceWitness;
  /** For the light, and the event's first evidence. */
  why: string | ((found: Features) => string);
  holds(found: Features): boolean;
  /** No verdict, although the cause is probable: nothing confirms it. The light that is shown. */
  unclear?: 'amber' | 'red';
}

const hasGap = ({ gap }: Features) => gap !== undefined;
const isAnnounced = ({ announcements }: Features) => announcements.moved > 0;
const stoodStill = ({ freezeMs }: Features) => freezeMs !== undefined;
const cameBackLate = ({ gap, gapMs, freezeMs = Infinity }: Features) =>
  gap !== undefined && gapMs > 1000 && freezeMs < gapMs / 2;

const CLOCK_SET_OR_ANOTHER: CauseRule = {
  id: 'clock-set-or-another-machine',
  witness: 'clock',
  why: 'the clock jumped: it was set, or another machine answers',
  holds: ({ clock }) => clock.state === 'read',
};

const ANNOUNCED_WITHOUT_GAP: CauseRule = {
  id: 'announced-without-gap',
  witness: 'announce',
  why: 'announced without a gap or a standstill: possible move or spoofing',
  holds: found => isAnnounced(found) && found.missing === 0 && !stoodStill(found),
  unclear: 'amber',
};

const ANNOUNCED_UNCONFIRMED: CauseRule = {
  id: 'announced-migration-or-failover',
  witness: 'announce',
  why: 'unreachable and announced again: a migration or a failover, no clock decides',
  // A late first reply speaks for a migration. But once the series is over, a single frame is what a failover sends.
  holds: found =>
    isAnnounced(found) &&
    found.missing > 0 &&
    (found.firstReply !== 'late' || (found.announcements.moved === 1 && found.sinceGapMs > SERIES_MS)),
  unclear: 'red',
};

/** For causes that are probable enough to be named. */
export const SURE: Partial<Record<CauseId, readonly CauseRule[]>> = {
  migration: [
    {
      id: 'announced-and-stood-still',
      witness: 'announce',
      why: 'stood still, and was announced from a new location',
      holds: found => isAnnounced(found) && stoodStill(found),
    },
    {
      id: 'network-returned-late',
      witness: 'clock',
      why: 'stood still, and its network came back late',
      holds: found => stoodStill(found) && cameBackLate(found),
    },
    {
      id: 'gap-and-stood-still',
      witness: 'clock',
      why: 'unreachable while the guest clock stood still',
      holds: found => hasGap(found) && stoodStill(found),
    },
    {
      id: 'stood-still-briefly',
      witness: 'clock',
      why: 'the guest clock stood still for about one probe interval',
      holds: stoodStill,
    },
    ANNOUNCED_UNCONFIRMED,
    {
      id: 'announced-without-clock',
      witness: 'announce',
      why: 'unreachable and announced again, but no clock confirms it: frames can be forged',
      holds: found => isAnnounced(found) && hasGap(found),
    },
    {
      id: 'announced-and-echo-lost',
      witness: 'announce',
      why: 'announced from a new location, and an echo was lost',
      holds: found => isAnnounced(found) && found.missing > 0,
    },
    {
      id: 'gap-and-late-reply',
      witness: 'echo',
      why: 'a clean gap and a late first reply, as a live migration leaves, but neither clock nor announcement confirms it',
      holds: ({ missing }) => missing > 0,
      unclear: 'red',
    },
  ],
  ghost: [
    {
      id: 'clock-jumped-back',
      witness: 'clock',
      why: 'the guest clock jumped back without a gap: another copy answers',
      holds: found => !hasGap(found),
    },
  ],
  pause: [
    {
      id: 'queued-replies',
      witness: 'echo',
      why: 'requests were queued and answered all at once',
      holds: found => found.sawtooth !== undefined || lostNothing(found),
    },
    {
      id: 'stood-still-unannounced',
      witness: 'clock',
      why: 'the guest clock stood still for too short a time to lose an echo, and nothing was announced',
      holds: found => stoodStill(found) && !hasGap(found),
    },
  ],
  reboot: [
    {
      id: 'clock-restarted',
      witness: 'clock',
      why: 'long outage, and the monotonic clock of the guest started again',
      holds: ({ clock }) => clock.state === 'read' && clock.monotonic,
    },
    {
      id: 'outage-longer-than-standstill',
      witness: 'clock',
      why: 'unreachable for longer than the guest clock stood still',
      holds: stoodStill,
    },
    {
      id: 'long-outage-clock-changed',
      witness: 'clock',
      why: 'long outage, and the guest clock changed',
      holds: ({ clock }) => clock.state === 'read',
    },
  ],
  outage: [
    {
      id: 'all-targets-at-once',
      witness: 'echo',
      why: 'all targets at once: a local problem or the shared path',
      holds: ({ others, othersDisturbed }) => others >= 2 && othersDisturbed === others,
    },
    {
      id: 'announced-but-clock-continued',
      witness: 'clock',
      why: 'unreachable and announced again, but the guest clock continued: not a migration',
      holds: found => isAnnounced(found) && found.clockWentOn,
    },
    {
      id: 'gap-and-clock-continued',
      witness: 'clock',
      why: 'unreachable, but the guest clock continued',
      holds: ({ clockWentOn }) => clockWentOn,
    },
    {
      id: 'longer-than-migration',
      witness: 'echo',
      why: 'no answer for longer than a migration takes',
      holds: ({ gapMs }) => gapMs > 10_000,
    },
    {
      id: 'long-gap-unannounced',
      witness: 'announce',
      why: 'a long gap without an announcement: an outage, a boot, or a migration whose network came back late',
      // On real guests 20 of 36 were outages, and of the shorter gaps 13 of 13. Gaps of several targets are outages.
      holds: found =>
        hasGap(found) && found.audible && found.gapMs > SERIES_MS && found.othersDisturbed === 0,
      unclear: 'amber',
    },
    {
      id: 'gap-unannounced',
      witness: 'announce',
      why: 'a gap without an announcement after it',
      holds: found => hasGap(found) && found.audible,
    },
  ],
  failover: [
    ANNOUNCED_WITHOUT_GAP,
    {
      id: 'failover-announced',
      witness: 'announce',
      why: 'unreachable and announced again, but the guest clock continued: a failover, not a migration',
      holds: found => isAnnounced(found) && found.clockWentOn,
    },
    {
      id: 'failover-without-clock',
      witness: 'announce',
      why: 'unreachable and announced again, and its first reply came as usual: rather a failover than a migration',
      holds: isAnnounced,
    },
  ],
  takeover: [
    {
      id: 'address-claimed-by-several',
      witness: 'announce',
      why: ({ macs }) => `address conflict: ${macs?.from} and ${macs?.to} both claim it`,
      holds: ({ macs }) => macs?.several === true,
    },
    {
      id: 'address-taken-over',
      witness: 'announce',
      why: ({ macs }) => `the address moved from ${macs?.from} to ${macs?.to}`,
      holds: ({ macs }) => macs !== undefined,
    },
    {
      id: 'announced-then-silent',
      witness: 'announce',
      why: 'announced from a new location, and silent from then on: the address may have been stolen',
      holds: ({ announcements, gap }) => announcements.moved > 0 && gap !== undefined,
    },
    {
      id: 'another-machine-answers',
      witness: 'clock',
      why: 'another clock answers: another machine has the address',
      holds: ({ clock }) => clock.state === 'read',
    },
  ],
  'clock-set': [
    {
      id: 'clock-set',
      witness: 'clock',
      why: 'the guest clock was set',
      holds: ({ clocks }) => clocks !== undefined,
    },
    {
      id: 'clock-set-without-second-clock',
      witness: 'clock',
      why: 'the guest clock was set; without a second clock, another machine may answer as well',
      holds: () => true,
    },
  ],
  congestion: [
    {
      id: 'scattered-loss',
      witness: 'echo',
      why: 'scattered losses or long round trips',
      holds: ({ missing }) => missing > 0,
    },
    {
      id: 'unusual-round-trips',
      witness: 'echo',
      why: 'round trips differ from before',
      holds: () => true,
    },
  ],
  'path-change': [
    {
      id: 'level-moved',
      witness: 'echo',
      why: ({ level }) => `path change: ${levelWords(level!)}`,
      holds: ({ level }) => level !== undefined,
    },
    {
      id: 'ttl-changed',
      witness: 'echo',
      why: ({ ttl }) => `path change: TTL ${ttl!.from} → ${ttl!.to}`,
      holds: ({ ttl }) => ttl !== undefined,
    },
  ],
  local: [
    {
      id: 'probes-not-sent',
      witness: 'prober',
      why: 'probes could not be sent: a local problem, no verdict',
      holds: ({ unsent }) => unsent > 0,
    },
    {
      id: 'every-clock-forward',
      witness: 'clock',
      why: 'every guest clock stepped forward at once: this machine stood still or was migrated',
      holds: ({ clock }) => clock.state === 'read' && clock.everyClock,
    },
    {
      id: 'probes-sent-late',
      witness: 'prober',
      why: 'probes left late: a local problem, no verdict',
      holds: () => true,
    },
  ],
};

/** For the best explanation where it is not probable enough: the event is `unclear`. */
export const DOUBTFUL: Partial<Record<CauseId, readonly CauseRule[]>> = {
  migration: [
    {
      id: 'standstill-or-reboot',
      witness: 'clock',
      why: 'unreachable for longer than the guest clock stood still: migrated or booted',
      holds: found => stoodStill(found) && cameBackLate(found),
    },
    {
      id: 'stood-still-or-paused',
      witness: 'clock',
      why: 'the guest clock stood still: migrated or paused',
      holds: stoodStill,
    },
    ANNOUNCED_WITHOUT_GAP,
    ANNOUNCED_UNCONFIRMED,
    {
      id: 'clean-gap',
      witness: 'echo',
      why: 'a clean gap, as a live migration leaves',
      holds: hasGap,
    },
  ],
  failover: [
    ANNOUNCED_WITHOUT_GAP,
    {
      id: 'announced-failover-or-migration',
      witness: 'announce',
      why: 'unreachable and announced again: a failover or a migration, no clock decides',
      holds: found => isAnnounced(found) && hasGap(found),
    },
  ],
  'clock-set': [CLOCK_SET_OR_ANOTHER],
  takeover: [CLOCK_SET_OR_ANOTHER],
  outage: [
    {
      id: 'gap-on-both-targets',
      witness: 'echo',
      why: 'a gap, but the only other target had one too',
      holds: ({ others, othersDisturbed }) => others === 1 && othersDisturbed === 1,
    },
    {
      id: 'gap-and-prompt-reply',
      witness: 'echo',
      why: 'a clean gap whose first reply came as usual: rather an outage than a migration',
      holds: found => found.firstReply === 'prompt' && !found.clockWentOn && !isAnnounced(found),
    },
  ],
};
