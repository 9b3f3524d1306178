import type { EventKind } from '../event.js';
import { type Codec, type Json, StateError } from '../state.js';
import type { Findings } from './findings.js';
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
  /** For the light, and the event's first evidence. */
  why: string;
  holds(found: Findings): boolean;
}

/** A gap longer than this is no blackout of a migration that one would expect. */
export const MAX_BLACKOUT_MS = 10_000;
/** A machine does not boot in less. */
const MIN_BOOT_MS = 1000;
/** A copy of a VM is at least so old; less is a clock that was set. */
const YOUNGEST_GHOST_MS = 1000;
/** So long after a gap its announcement may still be on its way: the first leaves with the VM's first breath. */
const ANNOUNCED_WITHIN_MS = 300;

const stepped = ({ clock }: Findings) =>
  clock.state === 'read' && Math.abs(clock.stepMs) > Math.max(3, clock.errorMs);
const isBlackout = ({ gap, gapMs }: Findings) => gap !== undefined && gapMs <= MAX_BLACKOUT_MS;
const isPause = ({ sawtooth, missing, slowBeside }: Findings) =>
  sawtooth !== undefined &&
  sawtooth.queued >= 3 &&
  sawtooth.queued > missing &&
  slowBeside <= 2 + sawtooth.queued / 4;
/** A hypervisor said that the target moved, or somebody in its place: one forged frame suffices. */
const isAnnounced = ({ announcements }: Findings) => announcements.moved > 0;
/** The same, and no clock contradicts it. */
const mayHaveMoved = (found: Findings) => isAnnounced(found) && !found.clockWentOn;
const isMissed = ({ missing, gapMs }: Findings) => missing > 0 && gapMs <= MAX_BLACKOUT_MS;
const isScattered = ({ gap, stray, sharp }: Findings) =>
  stray > 1 + (gap?.missing ?? 0) / 4 || (gap !== undefined && !sharp);

/**
 * From disturbance to cause. The order is that of trust: first what makes us doubt ourselves, then what happens to
 * everybody, then what the segment and the guest's clock say of this target, and last what its echoes alone show.
 */
export const RULES: readonly Rule[] = [
  {
    id: 'probes-not-sent',
    kind: 'unclear',
    confidence: 0.2,
    why: 'probes could not be sent: our own side, no verdict',
    holds: found => found.unsent > 0 && found.freezeMs === undefined && !mayHaveMoved(found),
  },
  {
    id: 'probes-sent-late',
    kind: 'unclear',
    confidence: 0.2,
    why: 'our probes left late: our own hiccup, no verdict',
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
    why: 'every guest’s clock stepped forward at once: our own machine stood still or was moved',
    holds: ({ clock }) => clock.state === 'read' && clock.everyClock && clock.stepMs > 0,
  },
  {
    id: 'all-targets-at-once',
    kind: 'outage',
    confidence: 0.9,
    why: 'all targets at once: our own side or the shared path',
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
    why: 'it was gone for long, and its clock came back other than it went',
    holds: found =>
      found.gapEnded && found.gapMs > MIN_BOOT_MS && stepped(found) && found.freezeMs === undefined,
  },
  {
    id: 'announced-and-stood-still',
    kind: 'migration',
    red: true,
    confidence: 0.98,
    why: 'it was gone, and announced from its new place',
    holds: found => isAnnounced(found) && found.freezeMs !== undefined,
  },
  {
    id: 'announced-but-clock-continued',
    kind: 'outage',
    confidence: 0.7,
    why: 'it was gone and announced anew, but the guest clock went on: no migration',
    holds: found => isAnnounced(found) && isBlackout(found) && found.clockWentOn,
  },
  {
    id: 'announced-awaiting-clock',
    kind: 'unclear',
    confidence: 0.4,
    why: 'announced from a new place; waiting for the guest clock',
    holds: found => isAnnounced(found) && isMissed(found) && found.clock.state === 'waiting',
  },
  {
    id: 'announced-without-clock',
    kind: 'migration',
    red: true,
    confidence: 0.7,
    why: 'it was gone and announced anew, but no clock confirms it: one frame can forge this',
    holds: found => mayHaveMoved(found) && isBlackout(found),
  },
  {
    id: 'announced-and-echo-lost',
    kind: 'migration',
    red: true,
    confidence: 0.6,
    why: 'announced from a new place, and an echo is missing',
    holds: found => mayHaveMoved(found) && isMissed(found),
  },
  {
    id: 'outage-longer-than-standstill',
    kind: 'reboot',
    confidence: 0.6,
    why: 'it was gone for longer than its clock stood still',
    holds: ({ gapEnded, gapMs, freezeMs }) =>
      gapEnded && gapMs > MIN_BOOT_MS && freezeMs !== undefined && freezeMs < gapMs / 2,
  },
  {
    id: 'queued-replies',
    kind: 'pause',
    confidence: 0.9,
    why: 'requests were kept and answered all at once',
    holds: found => isPause(found) && found.sawtoothFits,
  },
  {
    id: 'longer-than-migration',
    kind: 'outage',
    confidence: 0.7,
    why: 'no answer for longer than a migration takes',
    holds: found => found.gapMs > MAX_BLACKOUT_MS,
  },
  {
    id: 'no-answer',
    kind: 'unclear',
    confidence: 0.3,
    why: 'no answer',
    holds: found => found.gap !== undefined && !found.gapEnded,
  },
  {
    id: 'answers-awaiting-clock',
    kind: 'unclear',
    confidence: 0.3,
    why: 'it answers again; its clock will tell',
    holds: found => found.gap !== undefined && found.clock.state === 'waiting',
  },
  {
    id: 'gap-and-stood-still',
    kind: 'migration',
    red: true,
    confidence: 0.9,
    why: 'it was gone and its clock stood still meanwhile',
    holds: found => found.gap !== undefined && found.freezeMs !== undefined,
  },
  {
    id: 'clock-jumped-back',
    kind: 'ghost',
    red: true,
    confidence: 0.8,
    why: 'its clock jumped back without a gap: another copy answers',
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
    why: 'its clock stood still, too short for an echo to miss, and nothing was announced',
    holds: found => found.freezeMs !== undefined && found.recovered && found.missing === 0 && found.audible,
  },
  {
    id: 'stood-still-briefly',
    kind: 'migration',
    red: true,
    confidence: 0.9,
    why: 'its clock stood still, for hardly longer than between two probes',
    holds: found => found.freezeMs !== undefined && found.recovered,
  },
  {
    id: 'scattered-loss',
    kind: 'congestion',
    confidence: 0.6,
    why: 'scattered losses or long round trips',
    holds: isScattered,
  },
  {
    id: 'gap-and-clock-continued',
    kind: 'outage',
    confidence: 0.9,
    why: 'it was gone, but its clock went on',
    holds: found => found.gap !== undefined && found.clock.state === 'read' && !stepped(found),
  },
  {
    id: 'clock-set',
    kind: 'unclear',
    confidence: 0.3,
    why: 'its clock was set',
    holds: found => found.gap === undefined && found.recovered && stepped(found),
  },
  {
    id: 'gap-on-both-targets',
    kind: 'unclear',
    confidence: 0.4,
    why: 'a gap, but the only other target had one too',
    holds: found => found.gap !== undefined && found.others === 1 && found.othersDisturbed === 1,
  },
  {
    id: 'answers-awaiting-announcement',
    kind: 'unclear',
    confidence: 0.3,
    why: 'it answers again; an announcement may follow',
    holds: found => found.gap !== undefined && found.audible && found.sinceGapMs < ANNOUNCED_WITHIN_MS,
  },
  {
    id: 'gap-unannounced',
    kind: 'outage',
    confidence: 0.6,
    why: 'a gap, and nothing was announced after it',
    holds: found => found.gap !== undefined && found.audible,
  },
  {
    id: 'clean-gap',
    kind: 'unclear',
    red: true,
    confidence: 0.6,
    why: 'a clean gap, as a live migration leaves',
    holds: found => found.gap !== undefined,
  },
  {
    id: 'announced-without-gap',
    kind: 'unclear',
    confidence: 0.3,
    why: 'announced anew without a gap or a standstill: moved, or somebody pretends',
    holds: found => found.announcements.moved + found.announcements.gratuitous > 0,
  },
  {
    id: 'unusual-round-trips',
    kind: 'congestion',
    confidence: 0.5,
    why: 'round trips unlike before',
    holds: () => true,
  },
];

export function decide(found: Findings): Rule {
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
