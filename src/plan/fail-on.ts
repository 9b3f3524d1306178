import { EVENT_KINDS, type EventKind } from '../core/event.js';
import { unknownName } from '../core/format/nearest-name.js';
import type { Checklist } from '../core/maintenance/checklist.js';
import type { TargetSummary } from '../core/statistics/tally.js';

/** What maintenance can fail by, beside the kinds of events. */
const OF_MAINTENANCE = {
  unexpected: ({ unexpected, twice }) => unexpected + twice > 0,
  unmet: ({ moved, expected }) => moved < expected,
  'over-budget': ({ overBudget }) => overBudget > 0,
} as const satisfies Record<string, (checklist: Checklist) => boolean>;

type OfMaintenance = keyof typeof OF_MAINTENANCE;
export type FailWord = EventKind | OfMaintenance;

export const FAIL_WORDS: readonly string[] = [...EVENT_KINDS, ...Object.keys(OF_MAINTENANCE)];

/** Reads the words of `--fail-on`. Throws a RangeError that names the nearest for one that is unknown. */
export function failWords(text: string): readonly FailWord[] {
  return text.split(',').map(name => {
    if (FAIL_WORDS.includes(name)) return name as FailWord;
    throw unknownName('kind of event in --fail-on', name, FAIL_WORDS);
  });
}

export function isOfMaintenance(word: FailWord): word is OfMaintenance {
  return Object.hasOwn(OF_MAINTENANCE, word);
}

/** Any of these came to pass: such an event was counted, or the maintenance, now over, went so. */
export function failed(
  words: readonly FailWord[],
  summaries: readonly TargetSummary[],
  checklist: Checklist | undefined,
): boolean {
  return words.some(word =>
    isOfMaintenance(word)
      ? checklist !== undefined && OF_MAINTENANCE[word](checklist)
      : summaries.some(({ events }) => (events[word] ?? 0) > 0),
  );
}
