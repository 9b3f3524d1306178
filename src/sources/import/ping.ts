import { type PingLine, parsePingLine } from '../../../probes/ping/ping-line.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { RunningQuantile } from '../../core/statistics/running-quantile.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { BAD_STAMP, isStamp } from './stamp.js';

interface Settings {
  target: TargetId;
  timeoutMs?: Millis;
  /** How far apart probes are sent, until the log itself has shown it. */
  intervalMs?: Millis;
}

type Told = Exclude<PingLine, { kind: 'header' }>;

const WRAP = 65536;
/** Probes without a line of their own, as in an outage: so many, and this many more for each line. */
const MAX_SILENT = 200_000;
const MAX_SILENT_PER_LINE = 100;

/**
 * Turns the text of `ping -D`, better `ping -D -O`, into samples, in the order in which outcomes were known.
 *
 * A reply was sent at its stamp minus its RTT. For an unanswered probe the log holds no sending time: `no answer yet`
 * is written as the next probe leaves, which dates that next one; any other lies an interval after its predecessor.
 * A probe is lost when the log has gone on for a timeout. Lines without a stamp are passed over.
 */
export class PingImport {
  /** Probes without an outcome, and when each was sent. */
  private readonly pending = new Map<number, Millis>();
  private readonly overdue = new Set<number>();
  private readonly spacing = new RunningQuantile(0.5);
  private readonly timeoutMs: Millis;
  private last: { seq: number; at: Millis } | undefined;
  /** A sending time that a `no answer yet` gave away. */
  private dated: { seq: number; at: Millis } | undefined;
  private now: Millis = -Infinity;
  private lines = 0;
  /** Probes that were sent as their numbers show, and have no line. */
  private silent = 0;

  constructor(private readonly settings: Settings) {
    this.timeoutMs = settings.timeoutMs ?? 1000;
  }

  /** False if a line of this number would imply more probes without a line than a ping loses: each makes a sample. */
  isPlausible(wire: number): boolean {
    return (
      this.silent + this.silentBefore(this.unwrap(wire)) <= MAX_SILENT + MAX_SILENT_PER_LINE * this.lines
    );
  }

  /** The samples that a line brings, after those that its time shows to be lost. */
  read(line: PingLine): Sample[] {
    if (line.kind === 'header' || line.stampMs === undefined) return [];
    // A wall clock may be set back; the order of the lines is the truth.
    this.now = Math.max(this.now, line.stampMs);
    const seq = this.unwrap(line.seq);
    this.lines++;
    this.silent += this.silentBefore(seq);
    this.sent(seq, line);
    return [...this.givenUp(), ...this.told(seq, line)];
  }

  /** The log is over: whatever has no outcome by now is given up. */
  end(): Sample[] {
    this.now = Infinity;
    return this.givenUp();
  }

  private told(seq: number, line: Told): Sample[] {
    const at = this.pending.get(seq);
    switch (line.kind) {
      case 'no-answer': {
        this.dated = { seq: seq + 1, at: this.now };
        if (at === undefined || this.overdue.has(seq)) return [];
        this.overdue.add(seq);
        return [this.sample(seq, at, { kind: 'overdue', waitedMs: toMicros(Math.max(0, this.now - at)) })];
      }
      case 'error':
        this.settle(seq);
        return [this.sample(seq, at ?? this.now, { kind: 'lost', reason: 'unreachable', from: line.from })];
      case 'reply':
        return [this.sample(seq, this.now - line.rttMs, this.answer(seq, line))];
    }
  }

  private answer(seq: number, { rttMs, ttl, mark, from }: Told & { kind: 'reply' }): Outcome {
    if (mark === 'foreign') return { kind: 'foreign', from };
    const late = rttMs >= this.timeoutMs;
    const awaited = this.settle(seq);
    if (mark === 'duplicate' || !(awaited || late)) return { kind: 'duplicate', rttMs };
    return { kind: 'reply', rttMs, ...(ttl !== undefined && { ttl }), ...(late && { late }) };
  }

  private settle(seq: number): boolean {
    this.overdue.delete(seq);
    return this.pending.delete(seq);
  }

  /** Notes that all probes up to `seq` were sent, and when. */
  private sent(seq: number, line: Told): void {
    const intervalMs = this.spacing.value ?? this.settings.intervalMs ?? 50;
    const answered = line.kind === 'reply' ? this.now - line.rttMs : this.now - intervalMs;
    const last = this.last ?? { seq: seq - 1, at: answered - intervalMs };
    if (seq <= last.seq) return;
    if (line.kind === 'reply' && seq === last.seq + 1 && answered > last.at)
      this.spacing.add(answered - last.at);
    for (let missing = last.seq + 1; missing < seq; missing++)
      this.pending.set(missing, this.whenSent(missing, last.at + (missing - last.seq) * intervalMs));
    const at = line.kind === 'reply' ? answered : this.whenSent(seq, last.at + (seq - last.seq) * intervalMs);
    this.pending.set(seq, toMicros(at));
    this.last = { seq, at };
  }

  private whenSent(seq: number, guess: Millis): Millis {
    return toMicros(Math.min(this.now, this.dated?.seq === seq ? this.dated.at : guess));
  }

  /** Those whose timeout is over, and those so old that the sequence has wrapped half way round. */
  private givenUp(): Sample[] {
    const lost: Sample[] = [];
    for (const [seq, at] of this.pending) {
      if (at + this.timeoutMs > this.now && seq > this.last!.seq - WRAP / 2) break;
      this.settle(seq);
      lost.push({
        ...this.sample(seq, at, { kind: 'lost', reason: 'timeout' }),
        knownAt: toMicros(at + this.timeoutMs),
      });
    }
    return lost;
  }

  private sample(seq: number, at: Millis, outcome: Outcome): Sample {
    const { target } = this.settings;
    return { at: toMicros(at), knownAt: this.now, target, probe: 'ping', seq, outcome };
  }

  private silentBefore(seq: number): number {
    return this.last ? Math.max(0, seq - this.last.seq - 1) : 0;
  }

  /** The number that counts on, nearest to the last one, of the 16 bits on the wire. */
  private unwrap(wire: number): number {
    if (!this.last) return wire;
    const ahead = (((wire - this.last.seq) % WRAP) + WRAP) % WRAP;
    const seq = this.last.seq + (ahead >= WRAP / 2 ? ahead - WRAP : ahead);
    return Math.max(0, seq);
  }
}

/** All samples of a log. */
export function importPing(text: string, settings: Settings): Sample[] {
  const log = new PingImport(settings);
  const samples = text.split(/\r?\n/).flatMap(each => {
    const line = parsePingLine(each);
    return line ? log.read(line) : [];
  });
  return [...samples, ...log.end()];
}

/** What ping says beside: empty lines and its closing figures. */
const ASIDE = /^$|^--- .* ---$|^\d+ packets transmitted|^rtt min|^, pipe|^ping: /;

class PingReader implements LogReader {
  private readonly log: PingImport;

  constructor(private readonly settings: LogSettings) {
    this.log = new PingImport(settings);
  }

  read(text: string, number: number): Sample[] {
    const { skipped } = this.settings;
    const line = parsePingLine(text);
    if (!line) {
      if (!ASIDE.test(text)) skipped.add('not understood', number);
      return [];
    }
    if (line.kind !== 'header' && line.stampMs === undefined)
      skipped.add('without a time stamp: log with ping -D', number);
    else if (line.kind !== 'header' && !isStamp(line.stampMs!)) {
      skipped.add(BAD_STAMP, number);
      return [];
    } else if (line.kind !== 'header' && !this.log.isPlausible(line.seq)) {
      skipped.add('a number far from the one before, again and again', number);
      return [];
    }
    return this.log.read(line);
  }

  end(): Sample[] {
    return this.log.end();
  }
}

export const ping: LogFormat = {
  name: 'ping',
  summary: 'ping -D, better ping -D -O, of one host',
  witness: 'echo',
  fits: text => parsePingLine(text) !== undefined,
  targetIn: text => {
    const line = parsePingLine(text);
    if (line?.kind === 'header') return line.host;
    return line?.kind === 'reply' ? line.from : undefined;
  },
  open: settings => new PingReader(settings),
};
