import type { MigrationEvent } from '../../core/event.js';
import type { Millis, Sample } from '../../core/sample.js';
import type { Span } from './survey.js';

/** One event seen closely: its samples one by one. */
export interface Closeup {
  event: MigrationEvent;
  span: Span;
  /** When sent, and the RTT; undefined where no answer came. */
  echoes: { at: Millis; rttMs?: Millis }[];
}

const MAX_CLOSEUPS = 12;
const MAX_ECHOES = 4000;
/** Around an event, at least this, and as much as it lasted itself. */
const MARGIN: Millis = 500;
const MAX_MARGIN: Millis = 5000;

/**
 * A target's echoes gathered into columns of the picture: the lowest and the highest RTT of each, so that no peak is
 * lost however long the recording is, and how many echoes were lost. And the first events, closely.
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

  /** The column of a moment, the nearest where it is out of the picture. */
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
