import type { MigrationEvent } from '../event.js';

/** The sentences that events began with before they named their rule, and the rule of each. It does not grow. */
const FORMER: Readonly<Record<string, string>> = {
  'probes could not be sent: our own side, no verdict': 'probes-not-sent',
  'our probes left late: our own hiccup, no verdict': 'probes-sent-late',
  'every guest’s clock stepped forward at once: our own machine stood still or was moved':
    'every-clock-forward',
  'all targets at once: our own side or the shared path': 'all-targets-at-once',
  'it was gone for long, and its clock came back other than it went': 'long-outage-clock-changed',
  'it was gone, and announced from its new place': 'announced-and-stood-still',
  'it was gone and announced anew, but the guest clock went on: no migration':
    'announced-but-clock-continued',
  'announced from a new place; waiting for the guest clock': 'announced-awaiting-clock',
  'it was gone and announced anew, but no clock confirms it: one frame can forge this':
    'announced-without-clock',
  'announced from a new place, and an echo is missing': 'announced-and-echo-lost',
  'it was gone for longer than its clock stood still': 'outage-longer-than-standstill',
  'requests were kept and answered all at once': 'queued-replies',
  'no answer for longer than a migration takes': 'longer-than-migration',
  'no answer': 'no-answer',
  'it answers again; its clock will tell': 'answers-awaiting-clock',
  'it was gone and its clock stood still meanwhile': 'gap-and-stood-still',
  'its clock jumped back without a gap: another copy answers': 'clock-jumped-back',
  'its clock stood still, too short for an echo to miss, and nothing was announced':
    'stood-still-unannounced',
  'its clock stood still, for hardly longer than between two probes': 'stood-still-briefly',
  'scattered losses or long round trips': 'scattered-loss',
  'it was gone, but its clock went on': 'gap-and-clock-continued',
  'its clock was set': 'clock-set',
  'a gap, but the only other target had one too': 'gap-on-both-targets',
  'it answers again; an announcement may follow': 'answers-awaiting-announcement',
  'a gap, and nothing was announced after it': 'gap-unannounced',
  'a clean gap, as a live migration leaves': 'clean-gap',
  'announced anew without a gap or a standstill: moved, or somebody pretends': 'announced-without-gap',
  'round trips unlike before': 'unusual-round-trips',
};
/** Those of them that turned the light red. */
const FORMER_RED: ReadonlySet<string> = new Set([
  'announced-and-stood-still',
  'announced-without-clock',
  'announced-and-echo-lost',
  'gap-and-stood-still',
  'clock-jumped-back',
  'stood-still-briefly',
  'clean-gap',
]);

/** The id of the rule that once had this sentence. */
export function formerRule(sentence: string): string | undefined {
  return Object.hasOwn(FORMER, sentence) ? FORMER[sentence] : undefined;
}

/** An event as recorded; those of the first releases have neither `rule` nor `red`. */
export type RecordedEvent = Omit<MigrationEvent, 'rule' | 'red'> &
  Partial<Pick<MigrationEvent, 'rule' | 'red'>>;

/** The rule of an event whose sentence is not known here. */
const UNKNOWN_RULE = 'unknown';

/**
 * The event with `rule` and `red`. Where it has neither, both follow from its first sentence; after an unknown
 * sentence only a migration and a ghost are red.
 */
export function withRule(event: RecordedEvent): MigrationEvent {
  const { kind, evidence } = event;
  const former = formerRule(evidence[0]?.summary ?? '');
  const rule = event.rule ?? former ?? UNKNOWN_RULE;
  const byKind = kind === 'migration' || kind === 'ghost';
  const red = event.red ?? (former === undefined ? byKind : FORMER_RED.has(former));
  return { ...event, rule, red };
}
