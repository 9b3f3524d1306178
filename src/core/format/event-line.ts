import type { MigrationEvent } from '../event.js';
import { utc } from './utc.js';

/** An event as the fields of a JSON line, its times in UTC. */
export function eventLine({
  id,
  state,
  target,
  kind,
  startedAt,
  endedAt,
  detectedAt,
  ...rest
}: MigrationEvent): object {
  return {
    type: 'event',
    ...{ id, state, target, kind, startedAt: utc(startedAt) },
    ...(endedAt !== undefined && { endedAt: utc(endedAt) }),
    detectedAt: utc(detectedAt),
    ...rest,
  };
}
