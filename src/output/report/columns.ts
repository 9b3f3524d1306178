import type { MigrationEvent } from '../../core/event.js';
import type { Millis, Sample } from '../../core/sample.js';

/** The time that a picture covers. */
export interface Span {
  from: Millis;
  to: Millis;
}

/** One event in detail: its samples one by one. */
export interface Closeup {
  event: MigrationEvent;
  span: Span;
  /** The time of sending and the RTT; undefined for a loss. */
  echoes: { at: Millis; rttMs?: Millis }[];
}

const MAX_CLOSEUPS = 12;
const MAX_ECHOES = 4000;
/** The time shown before and after an event: its own duration, but at least this. */
const MARGIN: Millis = 500;
const MAX_MARGIN: Millis = 5000;

/**
 * The echoes of a target by columns of the picture: the lowest and the highest RTT of each column, so that no peak is lost
 * in a recording of any length, and the number of lost echoes; and the first events in detail.
 */
export class Columns {
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly lost: Uint32Array;
  readonly sent: Uint32Array;
  readonly closeups: Closeup[];

  constructor(
    private readonly span: Span,
    readonly count: number,
    events: readonly MigrationEvent[],
  ) {
    this.lows = new Float64Array(count).fill(Infinity);
    this.highs = new Float64Array(count).fill(-Infinity);
    this.lost = new Uint32Array(count);
    this.sent = new Uint32Array(count);
    this.closeups = events.slice(0, MAX_CLOSEUPS).map(event => ({ event, span: around(event), echoes: [] }));
  }

  take({ at, outcome }: Sample): void {
    const isReply = outcome.kind === 'reply' && !outcome.late;
    if (!isReply && outcome.kind !== 'lost') return;
    const column = this.at(at);
    this.sent[column]!++;
    if (outcome.kind === 'lost') this.lost[column]!++;
    else if (isReply) {
      this.lows[column] = Math.min(this.lows[column]!, outcome.rttMs);
      this.highs[column] = Math.max(this.highs[column]!, outcome.rttMs);
    }
    for (const { span, echoes } of this.closeups)
      if (at >= span.from && at <= span.to && echoes.length < MAX_ECHOES)
        echoes.push({ at, ...(isReply && { rttMs: outcome.rttMs }) });
  }

  /** The column of a moment, or the nearest column for a moment outside the picture. */
  at(moment: Millis): number {
    const { from, to } = this.span;
    const column = Math.floor(((moment - from) / (to - from)) * this.count);
    return Math.min(this.count - 1, Math.max(0, column));
  }
}

function around({ startedAt, endedAt = startedAt, stuntimeMs = 0 }: MigrationEvent): Span {
  const end = Math.max(endedAt, startedAt + stuntimeMs);
  const margin = Math.min(MAX_MARGIN, Math.max(MARGIN, end - startedAt));
  return { from: startedAt - margin, to: end + margin };
}
