import type { EventKind } from '../core/event.js';
import type { Millis, TargetId } from '../core/sample.js';

/** The causes that a label may name besides the kinds of events, and what each was. */
export const CAUSES = {
  failover: 'the port went down, and the target was announced when it came back',
  spoof: 'a forged announcement drew the traffic of the target elsewhere',
  'clock-set': 'the clock of the guest was set',
  takeover: 'another hardware address answered for the address of the target',
  'path-change': 'the delay of the path changed for good',
  restore: 'saved to a file and restored from it',
  policing: 'the path dropped ICMP above a rate',
  'host-contention': 'the host was busy, and nothing else',
} as const;

export type TruthType = Exclude<EventKind, 'unclear'> | keyof typeof CAUSES;

/** What a report of a cause may be: a kind of event, or no event at all. */
export type Answer = EventKind | TruthType | 'nothing';

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
  /** The network away from the guest: since when, if before `stop`, and when it was back, if after `resume`. */
  away?: number;
  back?: number;
  /** Other reports that are right as well, since nobody outside can tell them from the cause. */
  also?: readonly Answer[];
  total_ms?: number;
  qemu_downtime_ms?: number;
  status?: string;
  note: string;
}

/** The time in which the action can be noticed from outside. Throws a RangeError if the label lacks a moment. */
export function spanOf(item: TruthItem): { from: Millis; to: Millis } {
  const from = item.stop ?? item.start;
  const to = item.resume ?? item.end;
  if (from === undefined || to === undefined || from > to)
    throw new RangeError(
      `a label of type "${item.type}" needs stop and resume, or start and end, in this order; got ${JSON.stringify(item)}`,
    );
  return { from: Math.min(from, item.away ?? from) * 1000, to: Math.max(to, item.back ?? to) * 1000 };
}

/** STOP to RESUME: shorter than the span where the network was away for longer. */
export function blackoutOf(item: TruthItem): Millis {
  const { stop, resume } = item;
  if (stop !== undefined && resume !== undefined) return resume * 1000 - stop * 1000;
  const { from, to } = spanOf(item);
  return to - from;
}

/** Whether a report names the cause. */
export function isRight({ type, also = [] }: TruthItem, report: Answer): boolean {
  return type === report || also.includes(report);
}
