import type { EventKind } from '../core/event.js';
import type { Millis, TargetId } from '../core/sample.js';

/** What can be labelled: every kind of event, and a busy host, which is to cause none. */
export type TruthType = Exclude<EventKind, 'unclear'> | 'host-contention';

/** What really happened, as the hypervisor tells it. Moments in Unix seconds, as in the labels of the traces. */
export interface TruthItem {
  type: TruthType;
  /** `*`: every target. */
  target: TargetId | '*';
  /** Of a migration, when its pre-copy began; of what has no blackout, when it began. */
  start?: number;
  /** The guest stood still, or was unreachable, from `stop` to `resume`. */
  stop?: number;
  resume?: number;
  /** The end of what has no blackout. */
  end?: number;
  total_ms?: number;
  qemu_downtime_ms?: number;
  status?: string;
  note: string;
}

/** The time in which the item could be felt from outside. Throws when the item lacks a moment. */
export function spanOf(item: TruthItem): { from: Millis; to: Millis } {
  const from = item.stop ?? item.start;
  const to = item.resume ?? item.end;
  if (from !== undefined && to !== undefined && from <= to) return { from: from * 1000, to: to * 1000 };
  throw new RangeError(
    `a label of type "${item.type}" needs stop and resume, or start and end, in this order; got ${JSON.stringify(item)}`,
  );
}
