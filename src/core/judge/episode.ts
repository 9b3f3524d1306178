import type { Millis } from '../sample.js';

/** What is known of one echo. `slow` came far outside the target's habit; `missing` did not come, so far. */
export interface Echo {
  seq: number;
  at: Millis;
  fate: 'good' | 'slow' | 'missing';
  /** Of an echo that came. */
  rttMs?: Millis;
  /** Of a missing echo: how many missing ones right after it are not kept. */
  folded?: number;
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

/** No disturbance needs more to be judged; a longer gap only lengthens. */
const MOST_ECHOES = 512;
/** Queued requests are answered within this time of each other (measured: 2–12 ms). */
const RELEASE_MS: Millis = 30;

/** The echoes from shortly before a disturbance on. One that only other witnesses saw has good echoes alone. */
export class Episode {
  private readonly echoes = new Map<number, Echo>();
  /** In the order of sending, and how many before each were bad; made anew when asked for after a change. */
  private ordered: { echoes: readonly Echo[]; badBefore: readonly number[] } | undefined;
  /** When the last echo that was not good had been sent. */
  lastBadAt: Millis;
  readonly startedAt: Millis;

  constructor(before: readonly Echo[], startedAt: Millis) {
    for (const echo of before) this.echoes.set(echo.seq, echo);
    this.startedAt = startedAt;
    this.lastBadAt = startedAt;
  }

  add(echo: Echo): void {
    if (echo.fate !== 'good') this.lastBadAt = Math.max(this.lastBadAt, echo.at);
    this.echoes.set(echo.seq, echo);
    this.ordered = undefined;
    if (this.echoes.size > MOST_ECHOES) this.fold();
  }

  /** Keeps the edges of what went on for long: the inner ones of a run of missing echoes are only counted. */
  private fold(): void {
    let kept: Echo | undefined;
    const all = this.inOrder();
    this.ordered = undefined;
    all.forEach((echo, index) => {
      const inside = [all[index - 1], echo, all[index + 1]].every(each => each?.fate === 'missing');
      if (inside && kept) {
        kept.folded = (kept.folded ?? 0) + 1 + (echo.folded ?? 0);
        this.echoes.delete(echo.seq);
      } else kept = echo;
    });
    // Replies that were not folded: the oldest good ones tell nothing more.
    const spare = this.inOrder().length - MOST_ECHOES;
    if (spare > 0) this.forgetOldest(spare);
  }

  private forgetOldest(count: number): void {
    for (const { seq } of this.inOrder().slice(0, count)) this.echoes.delete(seq);
    this.ordered = undefined;
  }

  inOrder(): readonly Echo[] {
    return this.order().echoes;
  }

  /** The last good echo before a stretch of bad ones around these two, and the first good one after it. */
  goodAround(first: Echo, last: Echo): { before?: Echo; after?: Echo } {
    const all = this.inOrder();
    const before = all.findLast(({ seq, fate }) => seq < first.seq && fate === 'good');
    const after = all.find(({ seq, fate }) => seq > last.seq && fate === 'good');
    return { ...(before && { before }), ...(after && { after }) };
  }

  /** The first good echo that was sent after every bad one. */
  get recovery(): Echo | undefined {
    return this.inOrder().find(({ fate, at }) => fate === 'good' && at > this.lastBadAt);
  }

  gaps(): Gap[] {
    const gaps: Gap[] = [];
    let answered: Echo | undefined;
    let open: Gap | undefined;
    for (const echo of this.inOrder()) {
      if (echo.fate !== 'missing') {
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

  /** Whether most of the echoes sent in a span were bad. Asked of every neighbour whenever a target is judged. */
  isBadThrough(from: Millis, to: Millis): boolean {
    const { echoes, badBefore } = this.order();
    const [first, after] = [countUntil(echoes, at => at >= from), countUntil(echoes, at => at > to)];
    return 2 * (badBefore[after]! - badBefore[first]!) >= Math.max(1, after - first);
  }

  private order() {
    if (this.ordered) return this.ordered;
    const echoes = [...this.echoes.values()].sort((a, b) => a.seq - b.seq);
    const badBefore = [0];
    for (const { fate } of echoes) badBefore.push(badBefore.at(-1)! + (fate === 'good' ? 0 : 1));
    this.ordered = { echoes, badBefore };
    return this.ordered;
  }

  /** The largest group of slow echoes that were answered together. */
  sawtooth(): Sawtooth | undefined {
    const all = this.inOrder();
    let best: Sawtooth | undefined;
    for (let start = 0; start < all.length; start++) {
      if (all[start]!.fate !== 'slow') continue;
      let end = start;
      while (end + 1 < all.length && answeredTogether(all[start]!, all[end]!, all[end + 1]!)) end++;
      const queued = end - start + 1;
      if (queued > (best?.queued ?? 1))
        best = { queued, first: all[start]!, last: all[end]!, before: all[start - 1] };
      start = end;
    }
    return best;
  }
}

/** How many echoes were sent until something holds, which it does from some moment on: bisection. */
function countUntil(echoes: readonly Echo[], holds: (at: Millis) => boolean): number {
  let [low, high] = [0, echoes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(echoes[middle]!.at)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function answeredTogether(first: Echo, previous: Echo, next: Echo): boolean {
  if (next.rttMs === undefined || next.rttMs >= previous.rttMs!) return false;
  return Math.abs(receivedAt(next) - receivedAt(first)) <= RELEASE_MS;
}

/** When an answered echo's reply came. */
export function receivedAt(echo: Echo): Millis {
  return echo.at + echo.rttMs!;
}
