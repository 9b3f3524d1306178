import type { EventKind } from '../core/event.js';
import type { Millis, TargetId } from '../core/sample.js';

/** The types of labels: every kind of event, and a busy host, which must cause none. */
export type TruthType = Exclude<EventKind, 'unclear'> | 'host-contention';

/** One action as the hypervisor reports it. Moments are Unix seconds, as in the labels of the traces. */
export interface TruthItem {
  type: TruthType;
  /** `*`: every target. */
  target: TargetId | '*';
  /** The start of a migration's pre-copy, or of an action without blackout. */
  start?: number;
  /** The guest was frozen or unreachable from `stop` to `resume`. */
  stop?: number;
  resume?: number;
  /** The end of an action without blackout. */
  end?: number;
  total_ms?: number;
  qemu_downtime_ms?: number;
  status?: string;
  note: string;
}

/** The time in which the action can be noticed from outside. Throws a RangeError if the label lacks a moment. */
export function spanOf(item: TruthItem): { from: Millis; to: Millis } {
  const from = item.stop ?? item.start;
  const to = item.resume ?? item.end;
  if (from !== undefined && to !== undefined && from <= to) return { from: from * 1000, to: to * 1000 };
  throw new RangeError(
    `a label of type "${item.type}" needs stop and resume, or start and end, in this order; got ${JSON.stringify(item)}`,
  );
}
