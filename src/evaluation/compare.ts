import type { MigrationEvent } from '../core/event.js';
import type { Millis, TargetId } from '../core/sample.js';

/** One disturbance, as each of several saw it. */
export interface Disturbance {
  target: TargetId;
  startedAt: Millis;
  /** In the order of the columns; undefined where it was not seen. */
  seen: readonly (MigrationEvent | undefined)[];
}

/** Signs of one disturbance start no further apart. */
const NEAR: Millis = 1000;

/** Lines up the events of several columns: those of a target that overlap, or nearly so, are one disturbance. */
export function lineUp(columns: readonly (readonly MigrationEvent[])[]): Disturbance[] {
  const all = columns
    .flatMap((events, column) => events.map(event => ({ event, column })))
    .sort((a, b) => a.event.startedAt - b.event.startedAt);
  const open = new Map<
    TargetId,
    { target: TargetId; startedAt: Millis; endedAt: Millis; seen: (MigrationEvent | undefined)[] }
  >();
  const found: Disturbance[] = [];
  for (const { event, column } of all) {
    const { target, startedAt, endedAt = Infinity } = event;
    const current = open.get(target);
    if (current && startedAt <= current.endedAt + NEAR && !current.seen[column]) {
      current.seen[column] = event;
      current.endedAt = Math.max(current.endedAt, endedAt);
      continue;
    }
    const seen = columns.map((_, index) => (index === column ? event : undefined));
    const disturbance = { target, startedAt, endedAt, seen };
    open.set(target, disturbance);
    found.push(disturbance);
  }
  return found;
}
