import { CAUSE_IDS, CAUSES, type Cause, type CauseId, isRed } from '../causes/causes.js';
import { PENDING } from '../causes/pending.js';
import { type Weighed, weigh } from '../causes/weigh.js';
import type { EventKind } from '../event.js';
import type { EvidenceWitness } from '../outcomes.js';
import { type Codec, type Json, StateError } from '../validation/saved-state.js';
import { type CauseRule, DOUBTFUL, SURE } from './cause-rules.js';
import type { Features } from './features.js';
import { formerRule } from './former-rules.js';

/** The name of a verdict: the best explanation, and what decided for it. */
export interface Rule {
  /** Stable: scripts, recordings and saved states refer to it. Lower-case words joined by "-". */
  id: string;
  kind: EventKind;
  red: boolean;
  /** Evidence is still to come. */
  waits: boolean;
  /** The witness that decided. */
  witness: EvidenceWitness;
  /** For the light, and the event's first evidence. */
  why: CauseRule['why'];
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
  rule: { id, kind: 'unclear', red: false, waits: true, witness, why },
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
  return { rule: { id, kind, red: isRed(cause) && !unclear, waits: false, witness, why }, holds };
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
