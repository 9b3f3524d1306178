import type { Millis } from '../sample.js';
import {
  count,
  duration,
  expectState,
  integer,
  type Json,
  list,
  moment,
  object,
  oneOf,
  optional,
  part,
  type Stateful,
  truth,
} from '../validation/saved-state.js';

/** The state of one echo. `slow`: answered far outside the usual range of the target; `missing`: not answered so far. */
export interface Echo {
  seq: number;
  at: Millis;
  status: 'good' | 'slow' | 'missing';
  /** Of an answered echo. */
  rttMs?: Millis;
  /** Of a missing echo: how many missing echoes after it are only counted, and the number of the last of them. */
  folded?: number;
  foldedTo?: number;
}

/** A run of missing echoes. */
export interface Gap {
  missing: number;
  first: Echo;
  last: Echo;
  /** The last echo answered before, and the first sent after that was answered. */
  before?: Echo;
  after?: Echo;
}

/** Echoes answered together though sent apart: their RTTs fall by as much as their sending times rise. */
export interface Sawtooth {
  queued: number;
  first: Echo;
  last: Echo;
  before?: Echo;
}

/** Enough to judge any disturbance: a longer gap adds only length. */
const MAX_ECHOES = 512;
/** Fewer echoes are not folded: that would save little. */
const FEW_ECHOES = 64;
/** Queued requests are answered within this time of each other (measured: 2–12 ms). */
const RELEASE_MS: Millis = 30;

/** Saved states call the status of an echo `fate`. */
type SavedEcho = Omit<Echo, 'status'> & { fate: Echo['status'] };

const anyWhole = integer(Number.MIN_SAFE_INTEGER);

const STATE = part<{
  echoes: SavedEcho[];
  foldAt: number;
  lastBadAt: Millis;
  harmed: boolean;
  startedAt: Millis;
}>(1, {
  echoes: list(
    object<SavedEcho>({
      seq: count,
      at: moment,
      fate: oneOf('good', 'slow', 'missing'),
      rttMs: optional(duration),
      folded: optional(anyWhole),
      foldedTo: optional(count),
    }),
    2 * MAX_ECHOES,
  ),
  foldAt: integer(FEW_ECHOES, MAX_ECHOES),
  lastBadAt: moment,
  harmed: truth,
  startedAt: moment,
});

/** Echoes in the order of sending, and before each how many were sent, and were bad; rebuilt after a change in the middle. */
interface Ordered {
  echoes: Echo[];
  sentBefore: number[];
  badBefore: number[];
  /** Found when first asked for. */
  gaps: Gap[] | undefined;
}

/** The echoes from shortly before a disturbance on. A disturbance that only other witnesses saw has good echoes only. */
export class Disturbance implements Stateful {
  private readonly echoes = new Map<number, Echo>();
  private ordered: Ordered | undefined;
  /** More echoes than this are folded. */
  private foldAt = FEW_ECHOES;
  /** When the last bad echo was sent. */
  lastBadAt: Millis;
  /** False if only other witnesses saw the disturbance. */
  hasBadEchoes = false;
  startedAt: Millis;

  constructor(before: readonly Echo[], startedAt: Millis) {
    for (const echo of before) this.echoes.set(echo.seq, echo);
    this.startedAt = startedAt;
    this.lastBadAt = startedAt;
  }

  add(echo: Echo): void {
    if (echo.status !== 'good') {
      this.hasBadEchoes = true;
      this.lastBadAt = Math.max(this.lastBadAt, echo.at);
    }
    const isLast = echo.seq > (this.ordered?.echoes.at(-1)?.seq ?? Infinity);
    const run = isLast || this.echoes.has(echo.seq) ? undefined : this.runAround(echo.seq);
    // A folded echo is counted already; one that was answered after all is stored separately.
    if (run && echo.status === 'missing') return;
    if (run) run.folded!--;
    this.echoes.set(echo.seq, echo);
    if (isLast) append(this.ordered!, echo);
    else this.ordered = undefined;
    if (this.echoes.size > this.foldAt) this.fold();
  }

  /** Removes the echoes from this one on. Returns them as a disturbance of their own, with those before as its edge. */
  cutFrom(first: Echo, leadIn: number): Disturbance {
    const all = this.inOrder();
    const place = all.indexOf(first);
    const rest = new Disturbance(all.slice(Math.max(0, place - leadIn), place), first.at);
    for (const echo of all.slice(place)) {
      this.echoes.delete(echo.seq);
      rest.add(echo);
    }
    const bad = all.slice(0, place).filter(({ status }) => status !== 'good');
    this.hasBadEchoes = bad.length > 0;
    this.lastBadAt = bad.at(-1)?.at ?? this.startedAt;
    this.ordered = undefined;
    return rest;
  }

  save(): Json {
    const { foldAt, lastBadAt, hasBadEchoes: harmed, startedAt } = this;
    const echoes = [...this.echoes.values()].map(({ status: fate, ...echo }) => ({ ...echo, fate }));
    return STATE.save({ echoes, foldAt, lastBadAt, harmed, startedAt });
  }

  load(saved: Json): void {
    const { echoes: savedEchoes, ...state } = STATE.load(saved);
    const echoes = savedEchoes.map(({ fate: status, ...echo }): Echo => ({ ...echo, status }));
    expectState(echoes.every(isComplete), 'echoes with the fields of their status');
    this.echoes.clear();
    for (const echo of echoes) this.echoes.set(echo.seq, echo);
    this.ordered = undefined;
    this.foldAt = state.foldAt;
    this.lastBadAt = state.lastBadAt;
    this.hasBadEchoes = state.harmed;
    this.startedAt = state.startedAt;
  }

  /** The missing echo into which this one was folded. */
  private runAround(seq: number): Echo | undefined {
    for (const echo of this.echoes.values())
      if (echo.foldedTo !== undefined && echo.seq < seq && seq <= echo.foldedTo) return echo;
    return undefined;
  }

  /** Bounds the memory of a long disturbance: the inner echoes of a run of missing ones are only counted. */
  private fold(): void {
    let kept: Echo | undefined;
    const all = this.inOrder();
    this.ordered = undefined;
    all.forEach((echo, index) => {
      const inside = [all[index - 1], echo, all[index + 1]].every(each => each?.status === 'missing');
      if (inside && kept) {
        kept.folded = (kept.folded ?? 0) + 1 + (echo.folded ?? 0);
        kept.foldedTo = echo.foldedTo ?? echo.seq;
        this.echoes.delete(echo.seq);
      } else kept = echo;
    });
    // Replies are not folded: drop the oldest, which no rule needs any more.
    const spare = this.echoes.size - MAX_ECHOES;
    if (spare > 0) this.dropOldest(spare);
    this.foldAt = Math.min(MAX_ECHOES, Math.max(FEW_ECHOES, 2 * this.echoes.size));
  }

  private dropOldest(count: number): void {
    for (const { seq } of this.inOrder().slice(0, count)) this.echoes.delete(seq);
    this.ordered = undefined;
  }

  inOrder(): readonly Echo[] {
    return this.order().echoes;
  }

  /** The last good echo before a stretch of bad ones around these two, and the first good one after it. */
  goodAround(first: Echo, last: Echo): { before?: Echo; after?: Echo } {
    const all = this.inOrder();
    const before = all.findLast(({ seq, status: fate }) => seq < first.seq && fate === 'good');
    const after = all.find(({ seq, status: fate }) => seq > last.seq && fate === 'good');
    return { ...(before && { before }), ...(after && { after }) };
  }

  /** The first good echo that was sent after every bad one. */
  get recovery(): Echo | undefined {
    return this.inOrder().find(({ status: fate, at }) => fate === 'good' && at > this.lastBadAt);
  }

  /** An echo is missing so far. */
  get hasMissing(): boolean {
    return this.inOrder().some(({ status }) => status === 'missing');
  }

  gaps(): readonly Gap[] {
    const ordered = this.order();
    ordered.gaps ??= this.findGaps();
    return ordered.gaps;
  }

  private findGaps(): Gap[] {
    const gaps: Gap[] = [];
    let answered: Echo | undefined;
    let open: Gap | undefined;
    for (const echo of this.inOrder()) {
      if (echo.status !== 'missing') {
        if (open) open.after = echo;
        open = undefined;
        answered = echo;
      } else if (open) {
        open.missing += 1 + (echo.folded ?? 0);
        open.last = echo;
      } else {
        open = { missing: 1 + (echo.folded ?? 0), first: echo, last: echo, before: answered };
        gaps.push(open);
      }
    }
    return gaps;
  }

  /** Whether most of the echoes sent in a span were bad. Called for many peers whenever a target is judged, hence the running counts. */
  isBadThrough(from: Millis, to: Millis): boolean {
    const { sentBefore, badBefore } = this.order();
    const first = this.placeOf(from, at => at >= from);
    const last = this.placeOf(to, at => at > to);
    const bad = between(badBefore, last) - between(badBefore, first);
    return bad > 0 && 2 * bad >= between(sentBefore, last) - between(sentBefore, first);
  }

  /** How many echoes had been sent when the first `follows`, with the share of a folded run in proportion to time. */
  private placeOf(moment: Millis, follows: (at: Millis) => boolean): number {
    const { echoes } = this.order();
    const place = bisect(echoes, follows);
    const [run, next] = [echoes[place - 1], echoes[place]];
    if (!run?.folded || !next) return place;
    return place - (next.at - moment) / (next.at - run.at);
  }

  private order(): Ordered {
    if (this.ordered) return this.ordered;
    this.ordered = { echoes: [], sentBefore: [0], badBefore: [0], gaps: undefined };
    for (const echo of [...this.echoes.values()].sort((a, b) => a.seq - b.seq)) append(this.ordered, echo);
    return this.ordered;
  }

  /** The largest group of slow echoes that were answered together; the path may have lost single ones of them. */
  sawtooth(): Sawtooth | undefined {
    const all = this.inOrder();
    let best: Sawtooth | undefined;
    for (let start = 0; start < all.length; start++) {
      if (all[start]!.status !== 'slow') continue;
      let end = start;
      let queued = 1;
      for (let next = start + 1; next < all.length; next++) {
        if (isSingleLoss(all, next)) continue;
        if (!answeredTogether(all[start]!, all[end]!, all[next]!)) break;
        end = next;
        queued++;
      }
      if (queued > (best?.queued ?? 1))
        best = { queued, first: all[start]!, last: all[end]!, before: all[start - 1] };
      start = end;
    }
    return best;
  }
}

function append(ordered: Ordered, echo: Echo): void {
  const { echoes, sentBefore, badBefore } = ordered;
  const sent = 1 + (echo.folded ?? 0);
  sentBefore.push(sentBefore[echoes.length]! + sent);
  badBefore.push(badBefore[echoes.length]! + (echo.status === 'good' ? 0 : sent));
  echoes.push(echo);
  ordered.gaps = undefined;
}

/** Whether the fields fit the status: an answered echo has an RTT and is not folded. */
function isComplete({ seq, status: fate, rttMs, folded, foldedTo }: Echo): boolean {
  if (fate !== 'missing') return rttMs !== undefined && folded === undefined && foldedTo === undefined;
  return (
    rttMs === undefined &&
    (foldedTo === undefined ? folded === undefined : folded !== undefined && foldedTo > seq)
  );
}

/** The number of echoes before the first that `follows`, as do all after it. */
function bisect(echoes: readonly Echo[], follows: (at: Millis) => boolean): number {
  let [low, high] = [0, echoes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (follows(echoes[middle]!.at)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A running count at a place that may lie between two. */
function between(counts: readonly number[], place: number): number {
  const whole = Math.floor(place);
  const [before, after] = [counts[whole]!, counts[whole + 1] ?? counts[whole]!];
  return before + (place - whole) * (after - before);
}

/** Whether this one is missing between two that were answered. */
function isSingleLoss(echoes: readonly Echo[], index: number): boolean {
  const isMissing = (echo: Echo | undefined) => echo?.status === 'missing';
  const beside = [echoes[index - 1], echoes[index + 1]];
  return isMissing(echoes[index]) && !echoes[index]!.folded && !beside.some(isMissing);
}

function answeredTogether(first: Echo, previous: Echo, next: Echo): boolean {
  if (next.rttMs === undefined || next.rttMs >= previous.rttMs!) return false;
  return Math.abs(receivedAt(next) - receivedAt(first)) <= RELEASE_MS;
}

/** When an answered echo's reply came. */
export function receivedAt(echo: Echo): Millis {
  return echo.at + echo.rttMs!;
}
