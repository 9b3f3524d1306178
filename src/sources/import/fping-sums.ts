import { getOrMake } from '../../core/get-or-make.js';
import type { Millis, Sample, TargetId } from '../../core/sample.js';
import type { FpingLine } from './fping-line.js';
import type { LogSettings } from './log.js';
import { ProbeSeries, SOME_LOST } from './probe-series.js';
import { BAD_STAMP, isStamp } from './stamp.js';
import { NO_TIMETABLE } from './timetable.js';

/**
 * `fping -Q`: an interval sums up the probes of each host, so it counts as one probe: their mean round trip, lost if nothing
 * returned. The heading of an interval holds the time of day only, so it needs a timetable whose interval is that of `-Q`.
 */
export class FpingSums {
  private readonly series = new Map<TargetId, ProbeSeries>();
  private readonly present = { now: -Infinity };
  /** The hosts of this interval; absent before the first one. */
  private seen: Set<TargetId> | undefined;
  private stampMs: Millis | undefined;
  private intervals = 0;

  constructor(private readonly settings: LogSettings) {}

  begin(stampMs: Millis | undefined): void {
    const { timetable } = this.settings;
    this.seen = new Set();
    this.stampMs = stampMs ?? (timetable && timetable.startMs + this.intervals * timetable.intervalMs);
    this.intervals++;
  }

  /** A second sum of a host in an interval is the total of the run; so is one before any interval. */
  take({ host, sent, returned, meanMs, stampMs }: FpingLine & { kind: 'sum' }, number: number): Sample[] {
    const { skipped, timeoutMs } = this.settings;
    const at = stampMs ?? this.stampMs;
    if (stampMs === undefined && (!this.seen || this.seen.has(host))) return [];
    this.seen?.add(host);
    if (at === undefined) skipped.add(NO_TIMETABLE, number);
    else if (!isStamp(at)) skipped.add(BAD_STAMP, number);
    else {
      const identity = { target: host, probe: 'fping' };
      const series = getOrMake(this.series, host, () => new ProbeSeries(identity, timeoutMs, this.present));
      if (returned > 0 && returned < sent) skipped.inPart(SOME_LOST, number);
      return [series.sample(at, returned > 0 ? meanMs : undefined)];
    }
    return [];
  }
}

/** The samples of `fping -C -q`, which gives the round trips of each host in one line; undefined is a loss. */
export function valuesAsSamples(
  values: ReadonlyMap<TargetId, readonly (Millis | undefined)[]>,
  { timetable, timeoutMs, skipped }: LogSettings,
): Sample[] {
  if (values.size === 0) return [];
  if (!timetable) {
    skipped.add(NO_TIMETABLE, 1);
    return [];
  }
  return [...values]
    .flatMap(([target, rtts]) => {
      const series = new ProbeSeries({ target, probe: 'fping' }, timeoutMs);
      return rtts.map((rttMs, seq) => series.sample(timetable.startMs + seq * timetable.intervalMs, rttMs));
    })
    .sort((a, b) => a.knownAt - b.knownAt);
}
