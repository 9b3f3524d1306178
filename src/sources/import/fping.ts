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
/** What fping says beside: errors that a "timed out" follows, and its closing figures. */
const ASIDE = /^$|^ICMP |: xmt\/rcv\/%loss = |^ +[\d.]+ +\w/;

type Fields = Record<string, string | undefined>;

/** What is known of one host in the log. */
class Host {
  readonly spacing = new RunningQuantile(0.5);
  last: { seq: number; at: Millis } | undefined;
  /** From a probe's sending to its being given up, as the log itself shows it. */
  patienceMs: Millis | undefined;
  readonly lost = new Set<number>();
}

/**
 * `fping -D -l`, or `--loop`, or `-c`, of any number of hosts, on a line `[stamp] host : [number], …`.
 *
 * A reply was sent at its stamp minus its RTT. The log does not tell when a lost probe was sent: the first of a run is
 * put an interval after its predecessor, which shows fping's timeout, and the others lie as long before their stamp.
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
      if (!ASIDE.test(text)) this.skipped.add('not understood', number);
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
    const at = this.now - this.patience(host, seq);
    host.lost.add(seq);
    if (host.lost.size > REMEMBERED) host.lost.delete(host.lost.values().next().value!);
    if (!host.last || seq > host.last.seq) host.last = { seq, at };
    return [at, { kind: 'lost', reason: 'timeout' }];
  }

  /** Learned once a host; until then fping's own default, which is the interval. */
  private patience(host: Host, seq: number): Millis {
    const { last, spacing, patienceMs } = host;
    if (patienceMs !== undefined) return patienceMs;
    if (!last || spacing.value === undefined || seq <= last.seq) return spacing.value ?? 0;
    host.patienceMs = Math.max(0, this.now - (last.at + (seq - last.seq) * spacing.value));
    return host.patienceMs;
  }
}

/** A reply that comes later than so many losses of its host is not told apart from one in time. */
const REMEMBERED = 1024;

export const fping: LogFormat = {
  name: 'fping',
  summary: 'fping -D -l, of any number of hosts',
  kinds: ['reply', 'lost', 'duplicate', 'foreign'],
  fits: text => LINE.test(text),
  open: settings => new FpingReader(settings),
};
