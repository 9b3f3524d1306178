import { CAUSE_IDS, CAUSES, type Cause, type CauseId, isRed } from '../causes/causes.js';
import { levelWords } from '../causes/echo-questions.js';
import { PENDING } from '../causes/pending.js';
import { type Weighed, weigh } from '../causes/weigh.js';
import type { EventKind } from '../event.js';
import type { EvidenceWitness } from '../outcomes.js';
import { type Codec, type Json, StateError } from '../state.js';
import { type Features, lostNothing } from './features.js';
import { formerRule } from './former-rules.js';

/** The name of a verdict: the best explanation, and what decided for it. */
export interface Rule {
  /** Stable: scripts, recordings and saved states refer to it. Lower-case words joined by "-". */
  id: string;
  kind: EventKind;
  red: boolean;
  /** The witness that decided. */
  witness: EvidenceWitness;
  /** For the light, and the event's first evidence. */
  why: string | ((found: Features) => string);
}

/** A rule of a cause. Of those that fit, the first one names the verdict. */
interface CauseRule {
  id: string;
  witness: EvidenceWitness;
  why: Rule['why'];
  holds(found: Features): boolean;
  /** No verdict, although the cause is probable: others explain it as well. */
  unclear?: true;
}

export interface Decision {
  rule: Rule;
  /** The probability that the kind names the cause; of `unclear`, that of the best explanation. */
  confidence: number;
  weighed: Weighed;
}

/** A cause is named from this probability on; below, the event is `unclear`. */
const NAMED_FROM = 0.6;
/** No confidence is higher: the weights were checked on hundreds of events, not on thousands. */
const MAX_CONFIDENCE = 0.98;
/** Of a verdict that waits for evidence. */
const PENDING_CONFIDENCE = 0.3;

const hasGap = ({ gap }: Features) => gap !== undefined;
const isAnnounced = ({ announcements }: Features) => announcements.moved > 0;
const stoodStill = ({ freezeMs }: Features) => freezeMs !== undefined;
const cameBackLate = ({ gap, gapMs, freezeMs = Infinity }: Features) =>
  gap !== undefined && gapMs > 1000 && freezeMs < gapMs / 2;

const ANNOUNCED_WITHOUT_GAP: CauseRule = {
  id: 'announced-without-gap',
  witness: 'announce',
  why: 'announced without a gap or a standstill: possible move or spoofing',
  holds: found => isAnnounced(found) && found.missing === 0 && !stoodStill(found),
  unclear: true,
};

/** For causes that are probable enough to be named. */
const SURE: Partial<Record<CauseId, readonly CauseRule[]>> = {
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
    {
      id: 'announced-without-clock',
      witness: 'announce',
      why: 'unreachable and announced again, but no clock confirms it: one frame can forge this',
      holds: found => isAnnounced(found) && hasGap(found),
    },
    {
      id: 'announced-and-echo-lost',
      witness: 'announce',
      why: 'announced from a new location, and an echo was lost',
      holds: found => isAnnounced(found) && found.missing > 0,
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
      why: 'unreachable and announced again, but the guest clock continued: a link failed over',
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
  ],
  'clock-set': [{ id: 'clock-set', witness: 'clock', why: 'the guest clock was set', holds: () => true }],
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
const DOUBTFUL: Partial<Record<CauseId, readonly CauseRule[]>> = {
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
    {
      id: 'clean-gap',
      witness: 'echo',
      why: 'a clean gap, as a live migration leaves',
      holds: hasGap,
    },
  ],
  failover: [ANNOUNCED_WITHOUT_GAP],
  outage: [
    {
      id: 'gap-on-both-targets',
      witness: 'echo',
      why: 'a gap, but the only other target had one too',
      holds: ({ others, othersDisturbed }) => others === 1 && othersDisturbed === 1,
    },
  ],
};

/** The rules of the table, by the cause that they explain. */
const NAMED: Readonly<Record<'sure' | 'doubtful', Readonly<Record<CauseId, readonly Ruled[]>>>> = {
  sure: ruledBy(SURE, true),
  doubtful: ruledBy(DOUBTFUL, false),
};

interface Ruled {
  rule: Rule;
  holds(found: Features): boolean;
}

const WAITING: readonly Ruled[] = PENDING.map(({ id, witness, why, holds }) => ({
  rule: { id, kind: 'unclear', red: false, witness, why },
  holds,
}));

/** All rules. */
export const RULES: readonly Rule[] = [
  ...WAITING,
  ...CAUSE_IDS.flatMap(cause => [...NAMED.sure[cause], ...NAMED.doubtful[cause]]),
].map(({ rule }) => rule);

/** The best explanation of what was found, under its stable name. */
export function decide(found: Features): Decision {
  const weighed = weigh(found);
  const waiting = WAITING.find(({ holds }) => holds(found));
  if (waiting && !isFinal(weighed)) return { rule: waiting.rule, confidence: PENDING_CONFIDENCE, weighed };
  const { best, probability } = weighed;
  const certainty = probability[best] >= NAMED_FROM ? 'sure' : 'doubtful';
  const { rule } = NAMED[certainty][best].find(({ holds }) => holds(found))!;
  const confidence = best === 'local' ? 1 - probability.local : probability[best];
  return { rule, confidence: rounded(confidence), weighed };
}

/** The rule in words, for the light and as the event's first evidence. */
export function wordsOf({ why }: Rule, found: Features): string {
  return typeof why === 'string' ? why : why(found);
}

/** What later evidence would hardly change. */
const FINAL_FINDINGS: ReadonlySet<string> = new Set([
  'queued-and-answered-together',
  'all-targets-at-once',
  'longer-than-a-blackout',
]);

function isFinal({ best, answers, probability }: Weighed): boolean {
  if (probability[best] < NAMED_FROM || isRed(best)) return false;
  return best === 'local' || answers.some(({ finding }) => FINAL_FINDINGS.has(finding.id));
}

/** To a hundredth, and never certain of anything. */
function rounded(probability: number): number {
  return Math.min(MAX_CONFIDENCE, Math.max(0.01, Math.round(100 * probability) / 100));
}

function ruledBy(rules: typeof SURE, sure: boolean): Record<CauseId, readonly Ruled[]> {
  return Object.fromEntries(
    CAUSE_IDS.map(cause => [
      cause,
      [...(rules[cause] ?? []), otherwise(cause, sure)].map(each => ruled(cause, sure, each)),
    ]),
  ) as unknown as Record<CauseId, readonly Ruled[]>;
}

function ruled(cause: CauseId, sure: boolean, { id, witness, why, holds, unclear }: CauseRule): Ruled {
  const kind = sure && !unclear ? CAUSES[cause].kind : 'unclear';
  return { rule: { id, kind, red: isRed(cause) && !unclear, witness, why }, holds };
}

/** The rule of a cause that no other of its rules describes. */
function otherwise(cause: CauseId, sure: boolean): CauseRule {
  const { name } = CAUSES[cause] as Cause;
  return {
    id: `${sure ? 'likely' : 'perhaps'}-${cause}`,
    witness: 'echo',
    why: sure ? `${name} explains the evidence best` : `no cause stands out, perhaps ${name}`,
    holds: () => true,
  };
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
