import type { Sample } from '../../core/sample.js';
import type { Span } from '../../evaluation/coverage.js';

/**
 * The echoes of a target by columns of the picture: the lowest and the highest RTT of each column, so that no peak is lost
 * in a recording of any length, and the number of lost echoes.
 */
export class Columns {
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly lost: Uint32Array;
  readonly sent: Uint32Array;

  constructor(
    private readonly span: Span,
    readonly count: number,
  ) {
    this.lows = new Float64Array(count).fill(Infinity);
    this.highs = new Float64Array(count).fill(-Infinity);
    this.lost = new Uint32Array(count);
    this.sent = new Uint32Array(count);
  }

  take({ at, outcome }: Sample): void {
    const isReply = outcome.kind === 'reply' && !outcome.late;
    if (!isReply && outcome.kind !== 'lost') return;
    const column = this.at(at);
    this.sent[column]!++;
    if (isReply) {
      this.lows[column] = Math.min(this.lows[column]!, outcome.rttMs);
      this.highs[column] = Math.max(this.highs[column]!, outcome.rttMs);
    } else this.lost[column]!++;
  }

  /** The column of a moment, or the nearest column for a moment outside the picture. */
  at(moment: number): number {
    const { from, to } = this.span;
    const column = Math.floor(((moment - from) / (to - from)) * this.count);
    return Math.min(this.count - 1, Math.max(0, column));
  }
}
