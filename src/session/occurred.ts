import type { EventKind } from '../core/event.js';
import type { TargetSummary } from '../core/tally.js';

/** Any of these kinds of event was counted. */
export function occurred(kinds: readonly EventKind[], summaries: readonly TargetSummary[]): boolean {
  return summaries.some(({ events }) => kinds.some(kind => (events[kind] ?? 0) > 0));
}
