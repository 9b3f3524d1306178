import { type PingLine, parsePingLine } from '../../../probes/ping/ping-line.js';
import { OverdueAge } from '../../../probes/timing/overdue-age.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { RunningQuantile } from '../../core/statistics/running-quantile.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { BAD_STAMP, isStamp } from './stamp.js';

interface Settings {
  target: TargetId;
  timeoutMs?: Millis;
  /** The interval of the probes, until the log itself has shown it. */
  intervalMs?: Millis;
}

type ProbeLine = Exclude<PingLine, { kind: 'header' }>;

const WRAP = 65536;
/** Probes without a line of their own, as in an outage: so many, and this many more for each line. */
const MAX_SILENT = 200_000;
const MAX_SILENT_PER_LINE = 100;

/**
 * Turns the output of `ping -D`, better `ping -D -O`, into samples, in the order in which outcomes were known.
 *
 * A probe was sent its RTT before the stamp of its reply. For an unanswered probe the log does not contain this time:
 * `no answer yet` is written when the next probe leaves, which dates that one; any other is placed an interval after its
 * predecessor. A probe is lost when the log has continued for a timeout. Lines without a stamp are skipped.
 *
 * `no answer yet` alone does not make a probe overdue: where the RTT is near the interval or above, ping writes it for
 * every probe. Such a probe is overdue at the age at which a live session would report it.
 */
export class PingImport {
  /** Probes without an outcome, and when each was sent. */
  private readonly pending = new Map<number, Millis>();
  /** Probes that ping reported as unanswered, and when; they are not reported as overdue yet. */
  private readonly unanswered = new Map<number, Millis>();
  private readonly overdue = new Set<number>();
  private readonly ages = new OverdueAge();
  private readonly spacing = new RunningQuantile(0.5);
  private readonly timeoutMs: Millis;
  private last: { seq: number; at: Millis } | undefined;
  /** When a probe was sent, as shown by a `no answer yet`. */
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

  /** The samples of a line, after those of probes that are lost by its time. */
  read(line: PingLine): Sample[] {
    if (line.kind === 'header' || line.stampMs === undefined) return [];
    // A wall clock may be set back; the order of the lines is the truth.
    this.now = Math.max(this.now, line.stampMs);
    const seq = this.unwrap(line.seq);
    this.lines++;
    this.silent += this.silentBefore(seq);
    this.sent(seq, line);
    if (line.kind === 'no-answer') this.noAnswer(seq);
    return [...this.agedOut(), ...this.timedOut(), ...this.outcomeOf(seq, line)];
  }

  /** At the end of the log, all probes without an outcome are lost. */
  end(): Sample[] {
    this.now = Infinity;
    return this.timedOut();
  }

  private outcomeOf(seq: number, line: ProbeLine): Sample[] {
    const at = this.pending.get(seq);
    switch (line.kind) {
      case 'no-answer':
        return [];
      case 'error':
        this.settle(seq);
        return [this.sample(seq, at ?? this.now, { kind: 'lost', reason: 'unreachable', from: line.from })];
      case 'reply':
        return [this.sample(seq, this.now - line.rttMs, this.answer(seq, line))];
    }
  }

  private noAnswer(seq: number): void {
    this.dated = { seq: seq + 1, at: this.now };
    if (this.pending.has(seq) && !this.overdue.has(seq)) this.unanswered.set(seq, this.now);
  }

  /** The unanswered probes that are old enough by now to be overdue. */
  private agedOut(): Sample[] {
    const age = this.ages.age(this.timeoutMs);
    const samples: Sample[] = [];
    for (const [seq, reportedAt] of this.unanswered) {
      const at = this.pending.get(seq)!;
      const knownAt = Math.max(reportedAt, at + age);
      if (knownAt > this.now || age >= this.timeoutMs) continue;
      this.unanswered.delete(seq);
      this.overdue.add(seq);
      const waitedMs = toMicros(Math.max(0, knownAt - at));
      samples.push({ ...this.sample(seq, at, { kind: 'overdue', waitedMs }), knownAt: toMicros(knownAt) });
    }
    return samples;
  }

  private answer(seq: number, { rttMs, ttl, mark, from }: ProbeLine & { kind: 'reply' }): Outcome {
    if (mark === 'foreign') return { kind: 'foreign', from };
    const late = rttMs >= this.timeoutMs;
    const awaited = this.settle(seq);
    if (awaited) this.ages.reply(rttMs);
    if (mark === 'duplicate' || !(awaited || late)) return { kind: 'duplicate', rttMs };
    return { kind: 'reply', rttMs, ...(ttl !== undefined && { ttl }), ...(late && { late }) };
  }

  private settle(seq: number): boolean {
    this.overdue.delete(seq);
    this.unanswered.delete(seq);
    return this.pending.delete(seq);
  }

  /** Stores when the probes up to `seq` were sent. */
  private sent(seq: number, line: ProbeLine): void {
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

  /** The probes whose timeout is over, and those so old that the sequence has wrapped half way round. */
  private timedOut(): Sample[] {
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

  /** The full number nearest to the last one that ends in the 16 bits on the wire. */
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

/** Other lines of ping: empty lines, errors and the final statistics. */
const OTHER_LINE = /^$|^--- .* ---$|^\d+ packets transmitted|^rtt min|^, pipe|^ping: /;

class PingReader implements LogReader {
  private readonly log: PingImport;

  constructor(private readonly settings: LogSettings) {
    this.log = new PingImport(settings);
  }

  read(text: string, number: number): Sample[] {
    const { skipped } = this.settings;
    const line = parsePingLine(text);
    if (!line) {
      if (!OTHER_LINE.test(text)) skipped.add('not understood', number);
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
  kinds: ['reply', 'overdue', 'lost', 'duplicate', 'foreign'],
  fits: text => parsePingLine(text) !== undefined,
  targetIn: text => {
    const line = parsePingLine(text);
    if (line?.kind === 'header') return line.host;
    return line?.kind === 'reply' ? line.from : undefined;
  },
  open: settings => new PingReader(settings),
};
