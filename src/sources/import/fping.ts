import { getOrMake } from '../../core/get-or-make.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { RunningQuantile } from '../../core/statistics/running-quantile.js';
import { type FpingLine, parseFpingLine } from './fping-line.js';
import { FpingSums, valuesAsSamples } from './fping-sums.js';
import { gapRow, type LogEntry, type LogFormat, type LogReader, type LogSettings } from './log.js';
import { LogClock } from './log-clock.js';
import type { Skipped } from './skipped.js';
import { BAD_STAMP, isStamp } from './stamp.js';

/** The state of one host in one run of fping. */
class Host {
  readonly spacing = new RunningQuantile(0.5);
  last: { seq: number; at: Millis } | undefined;
  /** fping's timeout, as the log itself shows it. */
  timeoutMs: Millis | undefined;
  readonly lost = new Set<number>();

  /** @param free The first number that earlier runs left free. */
  constructor(readonly free: number) {}
}

/** The numbers may say this much less, or more, than the clock about the time that passed. */
const MAX_STALL: Millis = 10_000;

const NO_STAMP = 'without a time stamp: log with fping -D, or give --start and --interval';

type ProbeLine = Extract<FpingLine, { kind: 'probe' }>;

/** The longest timeout that fping has of its own accord; it is the interval otherwise. */
const MAX_TIMEOUT: Millis = 2000;

/**
 * fping with `-l`, `-c`, `-C` or `-Q`, of any number of hosts; of one run, or of several one after the other. Lines without a
 * stamp need a timetable.
 *
 * A probe was sent its RTT before the stamp of its reply. The log does not contain when a lost probe was sent: the first one
 * is placed an interval after its predecessor, which shows fping's timeout, and the others that timeout before their stamp.
 */
class FpingReader implements LogReader {
  private hosts = new Map<TargetId, Host>();
  private readonly free = new Map<TargetId, number>();
  private readonly clock = new LogClock();
  private now: Millis = -Infinity;
  private readonly sums: FpingSums;
  /** All round trips of each host, of `-C`. */
  private readonly values = new Map<TargetId, readonly (Millis | undefined)[]>();
  private kept = 0;

  constructor(private readonly settings: LogSettings) {
    this.sums = new FpingSums(settings);
  }

  private get skipped(): Skipped {
    return this.settings.skipped;
  }

  read(text: string, number: number): LogEntry[] {
    const line = parseFpingLine(text);
    switch (line?.kind) {
      case undefined:
        this.skipped.notUnderstood(text, number);
        return [];
      case 'other':
        return [];
      case 'interval':
        this.sums.begin(line.stampMs);
        return [];
      case 'sum':
        return this.sums.take(line, number);
      case 'values':
        // After lines of single probes, it repeats them.
        if (!this.hosts.has(line.host)) this.keep(line, number);
        return [];
      case 'probe':
        return this.stamped(line, number);
    }
  }

  end(): Sample[] {
    return valuesAsSamples(this.values, this.settings);
  }

  private keep({ host, rtts }: FpingLine & { kind: 'values' }, number: number): void {
    this.kept += rtts.length;
    if (this.kept <= MAX_VALUES) this.values.set(host, rtts);
    else this.skipped.add(`after the first ${MAX_VALUES} round trips of fping -C`, number);
  }

  private stamped(line: ProbeLine, number: number): LogEntry[] {
    const stampMs = line.stampMs ?? this.computedStamp(line);
    if (stampMs === undefined) this.skipped.add(NO_STAMP, number);
    else if (!isStamp(stampMs)) this.skipped.add(BAD_STAMP, number);
    else return this.probe(line, stampMs, number);
    return [];
  }

  /** fping probes all hosts at an even pace. */
  private computedStamp({ seq, rttMs }: ProbeLine): Millis | undefined {
    const { timetable } = this.settings;
    if (!timetable) return undefined;
    const { startMs, intervalMs } = timetable;
    return startMs + seq * intervalMs + (rttMs ?? Math.min(intervalMs, MAX_TIMEOUT));
  }

  private probe(line: ProbeLine, stampMs: Millis, number: number): LogEntry[] {
    this.now = this.clock.at(stampMs);
    const reason = this.clock.breakAt(stampMs) ?? this.breakAt(line);
    const before = reason ? this.newRun(stampMs, reason, number) : [];
    this.now = this.clock.advance(stampMs);
    const { host: target, seq } = line;
    const host = getOrMake(this.hosts, target, () => new Host(this.free.get(target) ?? 0));
    const { rttMs } = line;
    const [at, outcome] =
      rttMs === undefined ? this.lost(host, seq) : this.answered(host, { ...line, rttMs });
    const sample = {
      at: toMicros(at),
      knownAt: this.now,
      target,
      probe: 'fping',
      seq: host.free + seq,
      outcome,
    };
    return [...before, sample];
  }

  /** Why a line that was written now is not from this run; undefined if it may be. */
  private breakAt({ host: name, seq, rttMs, marks }: ProbeLine): string | undefined {
    const host = this.hosts.get(name);
    const spacing = host?.spacing.value;
    if (!host?.last || spacing === undefined || marks.duplicate) return undefined;
    const ahead = seq - host.last.seq;
    const at = this.now - (rttMs ?? host.timeoutMs ?? spacing);
    if (ahead <= 0 && at > host.last.at + spacing / 2) return 'the numbers of the probes start again';
    const stalled = Math.abs(at - (host.last.at + ahead * spacing)) > MAX_STALL + ahead * spacing;
    return ahead > 0 && stalled ? 'nothing was probed' : undefined;
  }

  /** Ends the present run of all hosts. */
  private newRun(stampMs: Millis, reason: string, number: number): LogEntry[] {
    const at = this.clock.now;
    const until = this.clock.restart(stampMs);
    const ended = [...this.hosts];
    for (const [target, { free, last }] of ended) this.free.set(target, free + (last?.seq ?? -1) + 1);
    this.hosts = new Map();
    this.skipped.gap(reason, number);
    return ended.map(([target]) => gapRow(target, at, until, reason));
  }

  private answered(
    host: Host,
    { seq, rttMs, marks: { from, duplicate, ttl } }: ProbeLine & { rttMs: Millis },
  ): [Millis, Outcome] {
    const at = this.now - rttMs;
    if (from !== undefined) return [at, { kind: 'foreign', from }];
    if (duplicate) return [at, { kind: 'duplicate', rttMs }];
    const late = host.lost.delete(seq);
    if (host.last && seq === host.last.seq + 1 && at > host.last.at) host.spacing.add(at - host.last.at);
    if (!host.last || seq > host.last.seq) host.last = { seq, at };
    return [at, { kind: 'reply', rttMs, ...(ttl !== undefined && { ttl }), ...(late && { late }) }];
  }

  private lost(host: Host, seq: number): [Millis, Outcome] {
    const at = this.now - this.timeout(host, seq);
    host.lost.add(seq);
    if (host.lost.size > MAX_LOST_KEPT) host.lost.delete(host.lost.values().next().value!);
    if (!host.last || seq > host.last.seq) host.last = { seq, at };
    return [at, { kind: 'lost', reason: 'timeout' }];
  }

  /** Measured once for each host; until then fping's own default, which is the interval. */
  private timeout(host: Host, seq: number): Millis {
    const { last, spacing, timeoutMs } = host;
    if (timeoutMs !== undefined) return timeoutMs;
    if (!last || spacing.value === undefined || seq <= last.seq) return spacing.value ?? 0;
    host.timeoutMs = Math.max(0, this.now - (last.at + (seq - last.seq) * spacing.value));
    return host.timeoutMs;
  }
}

/** A reply that comes after more losses of its host than this is not recognised as late. */
const MAX_LOST_KEPT = 1024;
/** Round trips that are kept until the end, of fping -C. */
const MAX_VALUES = 1_000_000;

export const fping: LogFormat = {
  name: 'fping',
  summary:
    'fping -D -l, -c or -C, as text or as JSON, of any number of hosts; -Q; without -D with --start and --interval',
  example: '[1795299351.28676] 10.0.0.7 : [0], 64 bytes, 0.025 ms (0.025 avg, 0% loss)',
  kinds: ['reply', 'lost', 'duplicate', 'foreign'],
  fits: text => (parseFpingLine(text)?.kind ?? 'other') !== 'other',
  open: settings => new FpingReader(settings),
};
