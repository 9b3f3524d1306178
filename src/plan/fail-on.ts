import { EVENT_KINDS, type EventKind } from '../core/event.js';
import { unknownName } from '../core/format/nearest-name.js';
import type { Checklist } from '../core/maintenance/checklist.js';
import type { TargetSummary } from '../core/statistics/target-tally.js';

/** The failures of a maintenance, which `--fail-on` takes besides the kinds of events. */
const MAINTENANCE_FAILURES = {
  unexpected: ({ unexpected, twice }) => unexpected + twice > 0,
  unmet: ({ moved, expected }) => moved < expected,
  'over-budget': ({ overBudget }) => overBudget > 0,
} as const satisfies Record<string, (checklist: Checklist) => boolean>;

type MaintenanceFailure = keyof typeof MAINTENANCE_FAILURES;
/** A migration that its connected hypervisor did not report. */
const UNREPORTED = 'unreported';
/** A migration stream that was captured in clear. */
export const IN_CLEAR = 'in-clear';
export type FailWord = EventKind | MaintenanceFailure | typeof UNREPORTED | typeof IN_CLEAR;

export const FAIL_WORDS: readonly string[] = [
  ...EVENT_KINDS,
  ...Object.keys(MAINTENANCE_FAILURES),
  UNREPORTED,
  IN_CLEAR,
];

/** Reads the words of `--fail-on`. Throws a RangeError that names the nearest word for an unknown one. */
export function failWords(text: string): readonly FailWord[] {
  return text.split(',').map(name => {
    if (FAIL_WORDS.includes(name)) return name as FailWord;
    throw unknownName('kind of event in --fail-on', name, FAIL_WORDS);
  });
}

export function isMaintenanceFailure(word: FailWord): word is MaintenanceFailure {
  return Object.hasOwn(MAINTENANCE_FAILURES, word);
}

/** Whether any of these occurred: an event of that kind was counted, or the finished maintenance failed in that way. */
export function failed(
  words: readonly FailWord[],
  summaries: readonly TargetSummary[],
  checklist: Checklist | undefined,
): boolean {
  return words.some(word => {
    if (isMaintenanceFailure(word)) return checklist !== undefined && MAINTENANCE_FAILURES[word](checklist);
    if (word === UNREPORTED) return summaries.some(({ unreported }) => unreported !== undefined);
    if (word === IN_CLEAR) return summaries.some(({ inClear }) => inClear !== undefined);
    return summaries.some(({ events }) => (events[word] ?? 0) > 0);
  });
}
