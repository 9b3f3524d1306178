import type { PingLine } from '../../../probes/ping/ping-line.js';
import { OverdueAge } from '../../../probes/timing/overdue-age.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { RunningQuantile } from '../../core/statistics/running-quantile.js';

export interface RunSettings {
  target: TargetId;
  timeoutMs: Millis;
  /** The interval of the probes, until the log itself has shown it. */
  intervalMs: Millis;
}

/** A line about a probe, with a stamp. */
export type ProbeLine = Exclude<PingLine, { kind: 'header' }>;

const WRAP = 65536;
/** Numbers that a run keeps free below its first one, for answers that come out of order. */
const SPARE = 1000;
/** An answer, or an error in its place, never takes longer. */
const MAX_WAIT: Millis = 60_000;
/** The numbers may say this much less, or more, than the clock about the time that passed. */
const MAX_STALL: Millis = 10_000;

/**
 * Turns the output of one run of `ping -D`, better `ping -D -O`, into samples, in the order in which outcomes were known.
 *
 * A probe was sent its RTT before the stamp of its reply. For an unanswered probe the log does not contain this time:
 * `no answer yet` is written when the next probe leaves, which dates that one; any other is placed an interval after its
 * predecessor. A probe is lost when the log has continued for a timeout.
 *
 * `no answer yet` alone does not make a probe overdue: where the RTT is near the interval or above, ping writes it for
 * every probe. Such a probe is overdue at the age at which a live session would report it.
 */
export class PingRun {
  /** Probes without an outcome, and when each was sent. */
  private readonly pending = new Map<number, Millis>();
  /** Probes that ping reported as unanswered, and when; they are not reported as overdue yet. */
  private readonly unanswered = new Map<number, Millis>();
  private readonly overdue = new Set<number>();
  private readonly ages = new OverdueAge();
  private readonly spacing = new RunningQuantile(0.5);
  private last: { seq: number; at: Millis } | undefined;
  /** When a probe was sent, as shown by a `no answer yet`. */
  private dated: { seq: number; at: Millis } | undefined;
  private now: Millis = -Infinity;
  /** Added to ping's number of a probe. */
  private shift = 0;
  private newest: number;

  /** @param free The first number that no earlier run of the target has. */
  constructor(
    private readonly settings: RunSettings,
    private readonly free: number,
  ) {
    this.newest = free - 1;
  }

  get target(): TargetId {
    return this.settings.target;
  }

  /** The first number that this run and those before it leave free. */
  get nextFree(): number {
    return this.newest + 1;
  }

  /** Why a line that was written at `now` is not from this run; undefined if it may be. */
  breakAt(line: ProbeLine, now: Millis): string | undefined {
    const { last } = this;
    if (!last) return undefined;
    const seq = this.unwrap(line.seq);
    const spacing = this.spacing.value ?? this.settings.intervalMs;
    const due = last.at + (seq - last.seq) * spacing;
    if (seq > last.seq) {
      const stalled = Math.abs(now - due) > MAX_STALL + (seq - last.seq) * spacing;
      return stalled && this.spacing.value !== undefined ? 'nothing was probed' : undefined;
    }
    const restarted = {
      // A later probe has a higher number.
      reply: () =>
        line.kind === 'reply' && !line.mark && now - line.rttMs > last.at + this.slack(seq, spacing),
      'no-answer': () => seq < last.seq && !this.pending.has(seq),
      error: () => !this.pending.has(seq) && due < now - MAX_WAIT,
    }[line.kind];
    return restarted() ? 'the numbers of the probes start again' : undefined;
  }

  /** How many probes without a line of their own this line implies: each makes a sample. */
  silentBefore(line: ProbeLine): number {
    return this.last ? Math.max(0, this.unwrap(line.seq) - this.last.seq - 1) : 0;
  }

  /** The samples of a line that was written at `now`, after those of probes that are lost by then. */
  read(line: ProbeLine, now: Millis): Sample[] {
    this.now = now;
    const seq = this.unwrap(line.seq);
    if (!this.last && seq < this.free) this.shift = this.free - Math.max(1, seq - SPARE);
    this.sent(seq, line);
    if (line.kind === 'no-answer') this.noAnswer(seq);
    return [...this.agedOut(), ...this.timedOut(), ...this.outcomeOf(seq, line)];
  }

  /** At the end of the run, all probes without an outcome are lost; that is known at `until` at the latest. */
  end(until: Millis = Infinity): Sample[] {
    this.now = Infinity;
    return this.timedOut().map(sample => ({
      ...sample,
      knownAt: Math.max(sample.at, Math.min(sample.knownAt, until)),
    }));
  }

  /** How much later than the newest probe a reply to an earlier one may seem to be sent. */
  private slack(seq: number, spacing: Millis): Millis {
    return this.pending.has(seq) ? this.settings.timeoutMs : spacing / 2;
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
    const age = this.ages.age(this.settings.timeoutMs);
    const samples: Sample[] = [];
    for (const [seq, reportedAt] of this.unanswered) {
      const at = this.pending.get(seq)!;
      const knownAt = Math.max(reportedAt, at + age);
      if (knownAt > this.now || age >= this.settings.timeoutMs) continue;
      this.unanswered.delete(seq);
      this.overdue.add(seq);
      const waitedMs = toMicros(Math.max(0, knownAt - at));
      samples.push({ ...this.sample(seq, at, { kind: 'overdue', waitedMs }), knownAt: toMicros(knownAt) });
    }
    return samples;
  }

  private answer(seq: number, { rttMs, ttl, mark, from }: ProbeLine & { kind: 'reply' }): Outcome {
    if (mark === 'foreign') return { kind: 'foreign', from };
    const late = rttMs >= this.settings.timeoutMs;
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
    const intervalMs = this.spacing.value ?? this.settings.intervalMs;
    const answered = line.kind === 'reply' ? this.now - line.rttMs : this.now - intervalMs;
    const last = this.last ?? { seq: seq - 1, at: answered - intervalMs };
    if (seq <= last.seq) return;
    if (this.last && line.kind === 'reply' && seq === last.seq + 1 && answered > last.at)
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
      if (at + this.settings.timeoutMs > this.now && seq > this.last!.seq - WRAP / 2) break;
      this.settle(seq);
      lost.push({
        ...this.sample(seq, at, { kind: 'lost', reason: 'timeout' }),
        knownAt: toMicros(at + this.settings.timeoutMs),
      });
    }
    return lost;
  }

  private sample(seq: number, at: Millis, outcome: Outcome): Sample {
    const number = seq + this.shift;
    this.newest = Math.max(this.newest, number);
    // Without spreads: a day of ten targets is seventeen million samples.
    const { now: knownAt, target } = this;
    return { at: toMicros(at), knownAt, target, probe: 'ping', seq: number, outcome };
  }

  /** The full number nearest to the last one that ends in the 16 bits on the wire. */
  private unwrap(wire: number): number {
    if (!this.last) return wire;
    const ahead = (((wire - this.last.seq) % WRAP) + WRAP) % WRAP;
    const seq = this.last.seq + (ahead >= WRAP / 2 ? ahead - WRAP : ahead);
    return Math.max(0, seq);
  }
}
