import type { MigrationEvent } from '../event.js';
import { toMicros } from '../sample.js';
import type { EventStream } from '../wire/event-stream.js';
import { utc } from './utc.js';

/**
 * An event as the fields of a JSON line, its times in UTC. Three durations are three fields: `blackoutMs`, for which the
 * guest stood still; `unreachableMs`, for which it did not answer; `spanMs`, from its first sign to its end.
 */
export function eventLine({
  id,
  state,
  target,
  kind,
  startedAt,
  endedAt,
  detectedAt,
  stream,
  ...rest
}: MigrationEvent): object {
  return {
    type: 'event',
    ...{ id, state, target, kind, startedAt: utc(startedAt) },
    ...(endedAt !== undefined && { endedAt: utc(endedAt) }),
    detectedAt: utc(detectedAt),
    ...rest,
    ...(rest.stuntimeMs !== undefined && { unreachableMs: rest.stuntimeMs }),
    ...(endedAt !== undefined && { spanMs: toMicros(endedAt - startedAt) }),
    ...(stream && streamFields(stream)),
  };
}

/** The stream, and what it says about the migration itself. */
function streamFields({ startedAt, endedAt, ...rest }: EventStream): object {
  return {
    ...{ protection: rest.protection, transferredBytes: rest.bytes, totalMs: toMicros(endedAt - startedAt) },
    stream: { ...rest, startedAt: utc(startedAt), endedAt: utc(endedAt) },
  };
}
