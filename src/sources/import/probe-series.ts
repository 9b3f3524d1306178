import { type Millis, type Sample, type TargetId, toMicros } from '../../core/sample.js';

/** The order in which the outcomes of a log were known; several targets may share it. */
export interface Present {
  now: Millis;
}

/**
 * The samples of a target from a log that gives one round trip after the other, with the moment of each probe. The order of
 * the log is the truth, since a wall clock may be set back.
 */
export class ProbeSeries {
  private seq = 0;
  private lastAt: Millis = -Infinity;

  constructor(
    private readonly identity: { target: TargetId; probe: string },
    private readonly timeoutMs: Millis,
    private readonly present: Present = { now: -Infinity },
  ) {}

  /** A round trip that is missing, not above 0, or not below the timeout is a loss. */
  sample(sentMs: Millis, rttMs: Millis | undefined): Sample {
    const at = toMicros(Math.max(this.lastAt, sentMs));
    const answered = rttMs !== undefined && rttMs > 0 && rttMs < this.timeoutMs;
    this.lastAt = at;
    this.present.now = Math.max(this.present.now, toMicros(at + (answered ? rttMs : this.timeoutMs)));
    const outcome = answered
      ? ({ kind: 'reply', rttMs: toMicros(rttMs) } as const)
      : ({ kind: 'lost', reason: 'timeout' } as const);
    return { at, knownAt: this.present.now, ...this.identity, seq: this.seq++, outcome };
  }
}

/** Why a line is read in part: it sums up several probes. */
export const SOME_LOST =
  'some of its probes were lost, and it does not say which: their mean counts as one answered probe';
