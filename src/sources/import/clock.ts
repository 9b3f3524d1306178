import { type Sample, toMicros } from '../../core/sample.js';
import { isProbeNumber } from '../../core/validation/shape.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { BAD_STAMP, isStamp } from './stamp.js';

/** Half a day: the offset of a clock within the UTC day is never larger. */
const MAX_OFFSET = 43_200_000;

/**
 * ICMP timestamp probes as JSON lines: `t`, when it was sent, in Unix seconds; `seq`; `rtt_ms`, null without an answer;
 * `offset_ms`, the guest's milliseconds of the UTC day minus ours in the middle of the round trip.
 */
class ClockReader implements LogReader {
  constructor(private readonly settings: LogSettings) {}

  read(text: string, number: number): Sample[] {
    const { target, skipped } = this.settings;
    if (text.trim() === '') return [];
    const row = parse(text);
    if (!row || typeof row.t !== 'number' || !isProbeNumber(row.seq)) {
      skipped.add('not a clock probe {"t", "seq", "rtt_ms", "offset_ms"}', number);
      return [];
    }
    if (!isStamp(row.t * 1000)) {
      skipped.add(BAD_STAMP, number);
      return [];
    }
    const { t, seq, rtt_ms: rttMs, offset_ms: offsetMs } = row as Record<string, number>;
    if (rttMs === null) {
      skipped.add('clock probes without an answer', number);
      return [];
    }
    if (!isBetween(rttMs, 0, 1e6) || !isBetween(offsetMs, -MAX_OFFSET, MAX_OFFSET)) {
      skipped.add('a clock probe with values out of range', number);
      return [];
    }
    const at = toMicros(t! * 1000);
    const outcome = {
      kind: 'clock',
      offsetMs: toMicros(offsetMs!),
      rttMs: toMicros(rttMs!),
      via: 'icmp',
    } as const;
    return [{ at, knownAt: toMicros(at + rttMs!), target, probe: 'clock', seq: seq!, outcome }];
  }

  end(): Sample[] {
    return [];
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const row: unknown = JSON.parse(text);
    return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // counted as skipped
  }
}

function isBetween(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

export const clock: LogFormat = {
  name: 'clock',
  summary: 'ICMP timestamp probes as JSON lines {"t", "seq", "rtt_ms", "offset_ms"}',
  example: '{"t": 1795229554.469, "seq": 7, "rtt_ms": 0.412, "offset_ms": -3}',
  kinds: ['clock'],
  fits: text => /^\{"t": ?\d/.test(text) && parse(text)?.rtt_ms !== undefined,
  open: settings => new ClockReader(settings),
};
