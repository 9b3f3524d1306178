import { getOrMake } from '../../core/get-or-make.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { RunningQuantile } from '../../core/statistics/running-quantile.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import type { Skipped } from './skipped.js';
import { BAD_STAMP, isStamp } from './stamp.js';

const LINE =
  /^(?:\[(?<stamp>\d{1,12}\.\d{1,9})\] )?(?<host>[^\s:[\]]\S{0,254}) *: (?<duplicate>duplicate for )?\[(?<seq>\d{1,10})\], (?:(?<lost>timed out)|\d{1,6} bytes, (?<rtt>\d{1,9}(?:\.\d{1,6})?) ms)(?<rest>.{0,200})$/;
const TTL = /\(TTL (\d{1,3})\)/;
const FOREIGN = /\[<- ([\da-fA-F.:]{2,45})\]/;
/** Other lines of fping: errors that a "timed out" follows, and the final statistics. */
const OTHER_LINE = /^$|^ICMP |: xmt\/rcv\/%loss = |^ +[\d.]+ +\w/;

type Fields = Record<string, string | undefined>;

/** The state of one host in the log. */
class Host {
  readonly spacing = new RunningQuantile(0.5);
  last: { seq: number; at: Millis } | undefined;
  /** fping's timeout, as the log itself shows it. */
  timeoutMs: Millis | undefined;
  readonly lost = new Set<number>();
}

/**
 * `fping -D -l`, or `--loop`, or `-c`, of any number of hosts, on a line `[stamp] host : [number], …`.
 *
 * A probe was sent its RTT before the stamp of its reply. The log does not contain when a lost probe was sent: the first one
 * is placed an interval after its predecessor, which shows fping's timeout, and the others that timeout before their stamp.
 */
class FpingReader implements LogReader {
  private readonly hosts = new Map<TargetId, Host>();
  private now: Millis = -Infinity;
  private readonly skipped: Skipped;

  constructor({ skipped }: LogSettings) {
    this.skipped = skipped;
  }

  read(text: string, number: number): Sample[] {
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
    // A wall clock may be set back; the order of the lines is the truth.
    this.now = Math.max(this.now, stampMs);
    const host = getOrMake(this.hosts, fields.host!, () => new Host());
    const seq = Number(fields.seq);
    const [at, outcome] = fields.lost ? this.lost(host, seq) : this.answered(host, seq, fields);
    return [{ at: toMicros(at), knownAt: this.now, target: fields.host!, probe: 'fping', seq, outcome }];
  }

  end(): Sample[] {
    return [];
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
