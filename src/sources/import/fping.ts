import { getOrMake } from '../../core/get-or-make.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { RunningQuantile } from '../../core/statistics/running-quantile.js';
import { gapRow, type LogEntry, type LogFormat, type LogReader, type LogSettings } from './log.js';
import { LogClock } from './log-clock.js';
import type { Skipped } from './skipped.js';
import { BAD_STAMP, isStamp } from './stamp.js';

const LINE =
  /^(?:\[(?<stamp>\d{1,12}\.\d{1,9})\] )?(?<host>[^\s:[\]]\S{0,254}) *: (?<duplicate>duplicate for )?\[(?<seq>\d{1,10})\], (?:(?<lost>timed out)|\d{1,6} bytes, (?<rtt>\d{1,9}(?:\.\d{1,6})?) ms)(?<rest>.{0,200})$/;
const TTL = /\(TTL (\d{1,3})\)/;
const FOREIGN = /\[<- ([\da-fA-F.:]{2,45})\]/;
/** Other lines of fping: errors that a "timed out" follows, and the final statistics. */
const OTHER_LINE = /^$|^ICMP |: xmt\/rcv\/%loss = |^ +[\d.]+ +\w/;

type Fields = Record<string, string | undefined>;

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

/**
 * `fping -D -l`, or `--loop`, or `-c`, of any number of hosts, on a line `[stamp] host : [number], …`; of one run, or of
 * several one after the other.
 *
 * A probe was sent its RTT before the stamp of its reply. The log does not contain when a lost probe was sent: the first one
 * is placed an interval after its predecessor, which shows fping's timeout, and the others that timeout before their stamp.
 */
class FpingReader implements LogReader {
  private hosts = new Map<TargetId, Host>();
  private readonly free = new Map<TargetId, number>();
  private readonly clock = new LogClock();
  private now: Millis = -Infinity;
  private readonly skipped: Skipped;

  constructor({ skipped }: LogSettings) {
    this.skipped = skipped;
  }

  read(text: string, number: number): LogEntry[] {
    const fields: Fields | undefined = LINE.exec(text)?.groups;
    if (!fields) {
      if (!OTHER_LINE.test(text)) this.skipped.add('not understood', number);
      return [];
    }
    if (fields.stamp === undefined) {
      this.skipped.add('without a time stamp: log with fping -D', number);
      return [];
    }
    const stampMs = toMicros(Number(fields.stamp) * 1000);
    if (!isStamp(stampMs)) {
      this.skipped.add(BAD_STAMP, number);
      return [];
    }
    return this.probe(fields, stampMs, number);
  }

  end(): Sample[] {
    return [];
  }

  private probe(fields: Fields, stampMs: Millis, number: number): LogEntry[] {
    this.now = this.clock.at(stampMs);
    const reason = this.clock.breakAt(stampMs) ?? this.breakAt(fields);
    const before = reason ? this.newRun(stampMs, reason, number) : [];
    this.now = this.clock.advance(stampMs);
    const target = fields.host!;
    const host = getOrMake(this.hosts, target, () => new Host(this.free.get(target) ?? 0));
    const seq = Number(fields.seq);
    const [at, outcome] = fields.lost ? this.lost(host, seq) : this.answered(host, seq, fields);
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
  private breakAt({ host: name, seq: text, lost, rtt, duplicate }: Fields): string | undefined {
    const host = this.hosts.get(name!);
    const spacing = host?.spacing.value;
    if (!host?.last || spacing === undefined || duplicate !== undefined) return undefined;
    const ahead = Number(text) - host.last.seq;
    const at = this.now - (lost ? (host.timeoutMs ?? spacing) : Number(rtt));
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

  private answered(host: Host, seq: number, { rtt, rest, duplicate }: Fields): [Millis, Outcome] {
    const rttMs = toMicros(Number(rtt));
    const at = this.now - rttMs;
    const from = FOREIGN.exec(rest!)?.[1];
    if (from !== undefined) return [at, { kind: 'foreign', from }];
    if (duplicate !== undefined) return [at, { kind: 'duplicate', rttMs }];
    const late = host.lost.delete(seq);
    if (host.last && seq === host.last.seq + 1 && at > host.last.at) host.spacing.add(at - host.last.at);
    if (!host.last || seq > host.last.seq) host.last = { seq, at };
    const ttl = Number(TTL.exec(rest!)?.[1] ?? 256);
    return [at, { kind: 'reply', rttMs, ...(ttl <= 255 && { ttl }), ...(late && { late }) }];
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

export const fping: LogFormat = {
  name: 'fping',
  summary: 'fping -D -l, of any number of hosts',
  kinds: ['reply', 'lost', 'duplicate', 'foreign'],
  fits: text => LINE.test(text),
  open: settings => new FpingReader(settings),
};
