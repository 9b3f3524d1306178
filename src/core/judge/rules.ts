import type { EventKind } from '../event.js';
import type { EvidenceWitness } from '../outcomes.js';
import { type Codec, type Json, StateError } from '../validation/saved-state.js';
import type { Features } from './features.js';
import { formerRule } from './former-rules.js';

/** One line of the decision table. The first that holds decides. */
export interface Rule {
  /** Stable: scripts, recordings and saved states refer to it. Lower-case words joined by "-". */
  id: string;
  kind: EventKind;
  /** Red: a migration or a ghost is the best explanation. */
  red?: true;
  /** The probability that `kind` names the cause; see test/calibration/README.md. */
  confidence: number;
  /** The witness that decided. */
  witness: EvidenceWitness;
  /** For the light, and the event's first evidence. */
  why: string;
  holds(found: Features): boolean;
}

/** A longer gap is not the blackout of an ordinary migration. */
export const MAX_BLACKOUT_MS = 10_000;
/** No machine boots faster. */
const MIN_BOOT_MS = 1000;
/** A smaller backward step is a clock that was set: a copy of a VM is older than this. */
const YOUNGEST_GHOST_MS = 1000;
/** An announcement may arrive this long after a gap: the first is sent when the VM resumes. */
const ANNOUNCED_WITHIN_MS = 300;

const stepped = ({ clock }: Features) =>
  clock.state === 'read' && Math.abs(clock.stepMs) > Math.max(3, clock.errorMs);
const isBlackout = ({ gap, gapMs }: Features) => gap !== undefined && gapMs <= MAX_BLACKOUT_MS;
const isPause = ({ sawtooth, missing, slowBeside }: Features) =>
  sawtooth !== undefined &&
  sawtooth.queued >= 3 &&
  sawtooth.queued > missing &&
  slowBeside <= 2 + sawtooth.queued / 4;
/** A hypervisor announced that the target moved, or somebody forged that: one frame suffices. */
const isAnnounced = ({ announcements }: Features) => announcements.moved > 0;
/** The same, and no clock contradicts it. */
const mayHaveMoved = (found: Features) => isAnnounced(found) && !found.clockWentOn;
const isMissed = ({ missing, gapMs }: Features) => missing > 0 && gapMs <= MAX_BLACKOUT_MS;
const isScattered = ({ gap, stray, sharp }: Features) =>
  stray > 1 + (gap?.missing ?? 0) / 4 || (gap !== undefined && !sharp);

/**
 * From disturbance to cause, in order of trust: first problems of this machine, then what affects
 * all targets, then the segment and the guest's clock, and last the echoes alone.
 */
export const RULES: readonly Rule[] = [
  {
    id: 'probes-not-sent',
    kind: 'unclear',
    confidence: 0.2,
    witness: 'prober',
    why: 'probes could not be sent: a local problem, no verdict',
    holds: found => found.unsent > 0 && found.freezeMs === undefined && !mayHaveMoved(found),
  },
  {
    id: 'probes-sent-late',
    kind: 'unclear',
    confidence: 0.2,
    witness: 'prober',
    why: 'probes left late: a local problem, no verdict',
    holds: found =>
      found.lagMs > 0 &&
      found.lagMs >= Math.max(found.gapMs, found.lengthMs) / 2 &&
      found.freezeMs === undefined &&
      !mayHaveMoved(found),
  },
  {
    id: 'every-clock-forward',
    kind: 'unclear',
    confidence: 0.2,
    witness: 'clock',
    why: 'every guest clock stepped forward at once: this machine stood still or was migrated',
    holds: ({ clock }) => clock.state === 'read' && clock.everyClock && clock.stepMs > 0,
  },
  {
    id: 'all-targets-at-once',
    kind: 'outage',
    confidence: 0.9,
    witness: 'echo',
    why: 'all targets at once: a local problem or the shared path',
    holds: found =>
      found.others >= 2 &&
      found.othersDisturbed === found.others &&
      found.freezeMs === undefined &&
      !mayHaveMoved(found),
  },
  {
    id: 'long-outage-clock-changed',
    kind: 'reboot',
    confidence: 0.9,
    witness: 'clock',
    why: 'long outage, and the guest clock changed',
    holds: found =>
      found.gapEnded && found.gapMs > MIN_BOOT_MS && stepped(found) && found.freezeMs === undefined,
  },
  {
    id: 'announced-and-stood-still',
    kind: 'migration',
    red: true,
    confidence: 0.98,
    witness: 'announce',
    why: 'stood still, and was announced from a new location',
    holds: found => isAnnounced(found) && found.freezeMs !== undefined,
  },
  {
    id: 'announced-but-clock-continued',
    kind: 'outage',
    confidence: 0.7,
    witness: 'clock',
    why: 'unreachable and announced again, but the guest clock continued: not a migration',
    holds: found => isAnnounced(found) && isBlackout(found) && found.clockWentOn,
  },
  {
    id: 'announced-awaiting-clock',
    kind: 'unclear',
    confidence: 0.4,
    witness: 'announce',
    why: 'announced from a new location; waiting for clock evidence',
    holds: found => isAnnounced(found) && isMissed(found) && found.clock.state === 'waiting',
  },
  {
    id: 'announced-without-clock',
    kind: 'migration',
    red: true,
    confidence: 0.7,
    witness: 'announce',
    why: 'unreachable and announced again, but no clock confirms it: one frame can forge this',
    holds: found => mayHaveMoved(found) && isBlackout(found),
  },
  {
    id: 'announced-and-echo-lost',
    kind: 'migration',
    red: true,
    confidence: 0.6,
    witness: 'announce',
    why: 'announced from a new location, and an echo was lost',
    holds: found => mayHaveMoved(found) && isMissed(found),
  },
  {
    id: 'outage-longer-than-standstill',
    kind: 'reboot',
    confidence: 0.6,
    witness: 'clock',
    why: 'unreachable for longer than the guest clock stood still',
    holds: ({ gapEnded, gapMs, freezeMs }) =>
      gapEnded && gapMs > MIN_BOOT_MS && freezeMs !== undefined && freezeMs < gapMs / 2,
  },
  {
    id: 'queued-replies',
    kind: 'pause',
    confidence: 0.9,
    witness: 'echo',
    why: 'requests were queued and answered all at once',
    holds: found => isPause(found) && found.sawtoothFits,
  },
  {
    id: 'longer-than-migration',
    kind: 'outage',
    confidence: 0.7,
    witness: 'echo',
    why: 'no answer for longer than a migration takes',
    holds: found => found.gapMs > MAX_BLACKOUT_MS,
  },
  {
    id: 'no-answer',
    kind: 'unclear',
    confidence: 0.3,
    witness: 'echo',
    why: 'no answer',
    holds: found => found.gap !== undefined && !found.gapEnded,
  },
  {
    id: 'answers-awaiting-clock',
    kind: 'unclear',
    confidence: 0.3,
    witness: 'echo',
    why: 'answers again; waiting for clock evidence',
    holds: found => found.gap !== undefined && found.clock.state === 'waiting',
  },
  {
    id: 'gap-and-stood-still',
    kind: 'migration',
    red: true,
    confidence: 0.9,
    witness: 'clock',
    why: 'unreachable while the guest clock stood still',
    holds: found => found.gap !== undefined && found.freezeMs !== undefined,
  },
  {
    id: 'clock-jumped-back',
    kind: 'ghost',
    red: true,
    confidence: 0.8,
    witness: 'clock',
    why: 'the guest clock jumped back without a gap: another copy answers',
    holds: ({ clock, gap, freezeMs, recovered }) =>
      clock.state === 'read' &&
      !gap &&
      recovered &&
      freezeMs === undefined &&
      clock.stepMs < -YOUNGEST_GHOST_MS,
  },
  {
    id: 'stood-still-unannounced',
    kind: 'pause',
    confidence: 0.6,
    witness: 'clock',
    why: 'the guest clock stood still for too short a time to lose an echo, and nothing was announced',
    holds: found => found.freezeMs !== undefined && found.recovered && found.missing === 0 && found.audible,
  },
  {
    id: 'stood-still-briefly',
    kind: 'migration',
    red: true,
    confidence: 0.9,
    witness: 'clock',
    why: 'the guest clock stood still for about one probe interval',
    holds: found => found.freezeMs !== undefined && found.recovered,
  },
  {
    id: 'scattered-loss',
    kind: 'congestion',
    confidence: 0.6,
    witness: 'echo',
    why: 'scattered losses or long round trips',
    holds: isScattered,
  },
  {
    id: 'gap-and-clock-continued',
    kind: 'outage',
    confidence: 0.9,
    witness: 'clock',
    why: 'unreachable, but the guest clock continued',
    holds: found => found.gap !== undefined && found.clock.state === 'read' && !stepped(found),
  },
  {
    id: 'clock-set',
    kind: 'unclear',
    confidence: 0.3,
    witness: 'clock',
    why: 'the guest clock was set',
    holds: found => found.gap === undefined && found.recovered && stepped(found),
  },
  {
    id: 'gap-on-both-targets',
    kind: 'unclear',
    confidence: 0.4,
    witness: 'echo',
    why: 'a gap, but the only other target had one too',
    holds: found => found.gap !== undefined && found.others === 1 && found.othersDisturbed === 1,
  },
  {
    id: 'answers-awaiting-announcement',
    kind: 'unclear',
    confidence: 0.3,
    witness: 'echo',
    why: 'answers again; an announcement may follow',
    holds: found => found.gap !== undefined && found.audible && found.sinceGapMs < ANNOUNCED_WITHIN_MS,
  },
  {
    id: 'gap-unannounced',
    kind: 'outage',
    confidence: 0.6,
    witness: 'announce',
    why: 'a gap without an announcement after it',
    holds: found => found.gap !== undefined && found.audible,
  },
  {
    id: 'clean-gap',
    kind: 'unclear',
    red: true,
    confidence: 0.6,
    witness: 'echo',
    why: 'a clean gap, as a live migration leaves',
    holds: found => found.gap !== undefined,
  },
  {
    id: 'announced-without-gap',
    kind: 'unclear',
    confidence: 0.3,
    witness: 'announce',
    why: 'announced without a gap or a standstill: possible move or spoofing',
    holds: found => found.announcements.moved + found.announcements.gratuitous > 0,
  },
  {
    id: 'unusual-round-trips',
    kind: 'congestion',
    confidence: 0.5,
    witness: 'echo',
    why: 'round trips differ from before',
    holds: () => true,
  },
];

export function decide(found: Features): Rule {
  return RULES.find(rule => rule.holds(found))!;
}

const BY_ID = new Map(RULES.map(rule => [rule.id, rule]));

/** A rule is saved by its id. A state from before rules had ids named the kind and the sentence. */
export const anyRule: Codec<Rule> = {
  save: ({ id }) => id,
  load: saved => {
    const rule = BY_ID.get(saved as string) ?? BY_ID.get(formerRule(sentenceOf(saved)) ?? '');
    if (!rule) throw new StateError('the id of a rule was expected');
    return rule;
  },
};

function sentenceOf(saved: Json | undefined): string {
  return typeof saved === 'string' ? saved.slice(saved.indexOf(': ') + 2) : '';
}
