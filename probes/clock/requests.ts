import { type Millis, type Sample, type TargetId, toMicros } from '../../src/core/sample.js';
import { bestRtt } from '../timing/rtt.js';
import { within } from './timestamp.js';
import type { Answer, ClockWire, To } from './wire.js';

/** An unanswered request for the time. Times are on the session's time line, except the kernel's. */
interface ClockRequest {
  readings: ClockProbe;
  to: To;
  seq: number;
  at: Millis;
  kernelAt: Millis;
}

/** When an answer came. */
export interface Arrival {
  readAt: Millis;
  /** The kernel's stamp, and how long before the reading that was; NaN without a stamp. */
  kernelAt: Millis;
  kernelAge: Millis;
}

/** How long to wait for an answer. */
const MEMORY_MS: Millis = 5000;

/** A guest that asks for less is asked at least so many times less often at the end: once in 64 s from 2 s on. */
const MAX_SLOWNESS = 32;

/** How long a clock is tried, and how far it may run from ours then: 2 %, to allow for a delayed reply. */
const TRIAL_MS: Millis = 1000;
const TRIAL_DRIFT = 0.02;

/** All unanswered requests, by their nonce: nobody can answer a request without having seen it. */
export class ClockRequests {
  private readonly open = new Map<number, ClockRequest>();

  ask(nonce: number, to: To, readings: ClockProbe, at: Millis): void {
    for (const [oldest, question] of this.open) {
      if (question.at > at - MEMORY_MS) break;
      this.open.delete(oldest);
    }
    this.open.delete(nonce);
    this.open.set(nonce, { readings, to, seq: readings.next++, at, kernelAt: Number.NaN });
  }

  /** The kernel's stamp on a request. */
  stamp(nonce: number, kernelAt: Millis): void {
    const question = this.open.get(nonce);
    if (question) question.kernelAt = kernelAt;
  }

  /** The open question with this nonce, if we asked it. */
  find(nonce: number): Readonly<Pick<ClockRequest, 'to' | 'readings'>> | undefined {
    return this.open.get(nonce);
  }

  /** The first answer to a question counts. */
  answer(answer: Answer, arrival: Arrival): Sample | undefined {
    const question = this.open.get(answer.nonce);
    this.open.delete(answer.nonce);
    return question?.readings.take(question, answer, arrival);
  }
}

/** Turns the answers of one target's clock into samples. Pure. */
export class ClockProbe {
  /** The number of the next request. */
  next = 0;
  /** Since when, and from which request on, nothing was answered. */
  silentSince: { at: Millis; seq: number } = { at: -Infinity, seq: 0 };
  /** How many times less often than planned it is asked, since it asked for that; Infinity: not at all. */
  slowness = 1;
  private offsetMs = 0;
  /** The first reading, until the clock is seen to count ms. */
  private trial: { at: Millis; offsetMs: Millis } | undefined;
  private believed: boolean;
  private ended = false;

  constructor(
    readonly target: TargetId,
    private readonly wire: Pick<ClockWire, 'via' | 'periodMs' | 'countsMs'>,
  ) {
    this.believed = wire.countsMs;
  }

  /** Makes no further samples. */
  end(): void {
    this.ended = true;
  }

  /** The sample of an answer; undefined while the clock has yet to show its unit, and after the end. */
  take(question: ClockRequest, answer: Answer, arrival: Arrival): Sample | undefined {
    if (this.ended) return undefined;
    if (answer.refusal) {
      this.slowness = answer.refusal.forGood ? Infinity : Math.min(MAX_SLOWNESS, 2 * this.slowness);
      return undefined;
    }
    // A guest whose clock was set between the two stamps, or that made them up.
    if (answer.heldMs !== undefined && answer.heldMs > arrival.readAt - question.at) return undefined;
    const sample = this.read(question, answer, arrival);
    this.believed ||= this.countsMs(sample.at);
    return this.believed ? sample : undefined;
  }

  /** Whether the clock counts ms: within a second, a clock of another unit drifts far from ours. */
  private countsMs(at: Millis): boolean {
    const { offsetMs } = this;
    this.trial ??= { at, offsetMs };
    const elapsed = at - this.trial.at;
    if (elapsed < TRIAL_MS) return false;
    const runsAlike = Math.abs(offsetMs - this.trial.offsetMs) < elapsed * TRIAL_DRIFT;
    this.trial = { at, offsetMs };
    return runsAlike;
  }

  private read({ seq, at, kernelAt }: ClockRequest, answer: Answer, arrival: Arrival): Sample {
    this.silentSince = { at: arrival.readAt, seq: this.next };
    const userMs = arrival.readAt - at;
    // If the stamp seems older than the request or newer than now, the kernel's clock was set in between.
    const dated = arrival.kernelAge >= 0 && arrival.kernelAge <= userMs;
    const { rttMs, stamp } = bestRtt({
      userMs,
      kernelMs: dated ? arrival.kernelAt - kernelAt : Number.NaN,
      kernelRxMs: dated ? userMs - arrival.kernelAge : Number.NaN,
    });
    const receivedAt = stamp === 'user' ? arrival.readAt : arrival.readAt - arrival.kernelAge;
    // As near to the last as the clock's period allows, so that midnight and the end of 32 bits do not show.
    const raw = answer.remoteMs - (receivedAt - rttMs / 2);
    this.offsetMs += within(raw - this.offsetMs, this.wire.periodMs);
    return {
      at: toMicros(at),
      knownAt: toMicros(Math.max(at + rttMs, receivedAt)),
      target: this.target,
      probe: 'clock',
      seq,
      outcome: {
        kind: 'clock',
        offsetMs: toMicros(this.offsetMs),
        rttMs,
        via: this.wire.via,
        ...errorOf(answer, rttMs),
      },
    };
  }
}

/** The error, where the guest says how long it kept the question and how exact its stamps are: RFC 5905, section 8. */
function errorOf({ heldMs, precisionMs }: Answer, rttMs: Millis): { errorMs?: Millis } {
  if (heldMs === undefined || precisionMs === undefined) return {};
  return { errorMs: toMicros(Math.max(0, rttMs - heldMs) / 2 + precisionMs) };
}
