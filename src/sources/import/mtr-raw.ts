import { getOrMake } from '../../core/get-or-make.js';
import { type Millis, type Outcome, type Sample, toMicros } from '../../core/sample.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { NO_TIMETABLE } from './timetable.js';

const LINE = /^(?<what>[xhdpt]) (?<hop>\d{1,3})(?: (?<rest>\S{1,255}))?(?: (?<number>\d{1,10}))?\s*$/;
/** Probes that are kept until the end of the log, which shows the last hop: some 100 MB. */
const MAX_PROBES = 1_000_000;

interface Hop {
  address?: string;
  /** Round trips by mtr's numbers, in the order of sending; NaN without an answer. */
  readonly probes: Map<number, Millis>;
  latest?: number;
}

/**
 * `mtr --raw`: `x HOP NUMBER` when a probe is sent, `h HOP ADDRESS`, `p HOP MICROSECONDS NUMBER` when it is answered. The
 * destination is the last hop that answered. Its probes are sent at an even pace, which the timetable gives.
 */
class MtrRawReader implements LogReader {
  private readonly hops = new Map<number, Hop>();
  private count = 0;

  constructor(private readonly settings: LogSettings) {}

  read(text: string, line: number): Sample[] {
    const { what, hop, rest, number } = LINE.exec(text)?.groups ?? {};
    const { skipped, timetable } = this.settings;
    if (what === undefined) {
      if (text.trim() !== '') skipped.notUnderstood(text, line);
    } else if (!timetable) skipped.add(NO_TIMETABLE, line);
    else if (this.count >= MAX_PROBES) skipped.add(`after the first ${MAX_PROBES} probes`, line);
    else
      this.take(
        what,
        getOrMake(this.hops, Number(hop), () => ({ probes: new Map() })),
        rest ?? '',
        number,
      );
    return [];
  }

  end(): Sample[] {
    const { timetable, timeoutMs } = this.settings;
    const near = [...this.hops].sort(([a], [b]) => a - b).map(([, hop]) => hop);
    const target = near.findLast(({ address }) => address !== undefined)?.address;
    // Until mtr has found the destination, it also probes hops behind it.
    const hop = near.find(({ address }) => address === target);
    if (target === undefined || !hop || !timetable) return [];
    const samples = [...hop.probes.values()].map((rttMs, seq): Sample => {
      const at = toMicros(timetable.startMs + seq * timetable.intervalMs);
      const answered = rttMs < timeoutMs;
      const outcome: Outcome = answered ? { kind: 'reply', rttMs } : { kind: 'lost', reason: 'timeout' };
      return {
        at,
        knownAt: toMicros(at + (answered ? rttMs : timeoutMs)),
        target,
        probe: 'mtr',
        seq,
        outcome,
      };
    });
    return samples.sort((a, b) => a.knownAt - b.knownAt);
  }

  private take(what: string, hop: Hop, rest: string, number: string | undefined): void {
    if (what === 'x') {
      hop.latest = Number(rest);
      hop.probes.set(hop.latest, Number.NaN);
      this.count++;
    }
    if (what === 'h') hop.address = rest;
    // An answer without a number is of the latest probe: so older releases write it.
    const probe = number === undefined ? hop.latest : Number(number);
    if (what === 'p' && probe !== undefined && hop.probes.has(probe))
      hop.probes.set(probe, toMicros(Number(rest) / 1000));
  }
}

export const mtrRaw: LogFormat = {
  name: 'mtr --raw',
  summary: 'mtr --raw with --start and --interval',
  example: 'p 0 43 33001',
  kinds: ['reply', 'lost'],
  fits: text => /^x \d{1,3} \d{1,10}$/.test(text),
  open: settings => new MtrRawReader(settings),
};
