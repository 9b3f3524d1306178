import type { MigrationEvent } from '../core/event.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';

/**
 * The part of a recording that is shown and counted. All of it is judged, because detectors learn from what came before and
 * the judge compares targets: an event is the same in a part as in the whole.
 */
export interface Selection {
  from: Millis;
  to: Millis;
  /** Absent: all. */
  targets?: ReadonlySet<TargetId>;
  /** The id of the event that was chosen, of which this is the span with a margin. */
  event?: string;
}

export const EVERYTHING: Selection = { from: -Infinity, to: Infinity };

/** Whether the probe was sent within the selection. */
export function holdsSample({ from, to, targets }: Selection, { at, target }: Sample): boolean {
  return at >= from && at <= to && (targets?.has(target) ?? true);
}

/** Whether a part of the event, or what a row is about, is within the selection. */
export function holdsSpan(
  { from, to, targets }: Selection,
  {
    target,
    startedAt,
    endedAt = Infinity,
  }: { target?: TargetId } & Pick<MigrationEvent, 'startedAt' | 'endedAt'>,
): boolean {
  return startedAt <= to && endedAt >= from && (target === undefined || (targets?.has(target) ?? true));
}
