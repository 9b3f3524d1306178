import type { Millis } from '../sample.js';

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

/** Queued requests are answered within this time of each other (measured: 2–12 ms). */
const RELEASE_MS: Millis = 30;

/** The gaps among echoes in the order of sending. */
export function gapsOf(echoes: readonly Echo[]): Gap[] {
  const gaps: Gap[] = [];
  let answered: Echo | undefined;
  let open: Gap | undefined;
  for (const echo of echoes) {
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

/**
 * The largest group of slow echoes that were answered together, among echoes in the order of sending; the path may have lost
 * single ones of them.
 */
export function largestSawtooth(echoes: readonly Echo[]): Sawtooth | undefined {
  let best: Sawtooth | undefined;
  for (let start = 0; start < echoes.length; start++) {
    if (echoes[start]!.status !== 'slow') continue;
    let end = start;
    let queued = 1;
    for (let next = start + 1; next < echoes.length; next++) {
      if (isSingleLoss(echoes, next)) continue;
      if (!answeredTogether(echoes[start]!, echoes[end]!, echoes[next]!)) break;
      end = next;
      queued++;
    }
    if (queued > (best?.queued ?? 1))
      best = { queued, first: echoes[start]!, last: echoes[end]!, before: echoes[start - 1] };
    start = end;
  }
  return best;
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
