import type { Millis } from '../../src/core/sample.js';

/** What a server answered: its time in whole seconds, and when we asked and received, on our time line. */
export interface DateAnswer {
  sentAt: Millis;
  receivedAt: Millis;
  /** In ms since 1970, a multiple of 1000. */
  dateMs: Millis;
}

/** A reading of the server's clock: its offset to ours, at most `errorMs` off. */
export interface TickReading {
  offsetMs: Millis;
  errorMs: Millis;
}

const SECOND: Millis = 1000;
/** The time between two questions while the clock goes on as before: 30 requests a minute. */
export const PACE_MS: Millis = 2 * SECOND;
/** A narrower window is followed, until it is wider than `LOOSE`. */
const NARROW: Millis = 6;
const LOOSE: Millis = 12;
/** A search divides a wide window into so many parts, and one below this width into two. */
const PARTS = 5;
const HALVED: Millis = 20;
/** The time that our timers need at least. */
const LEAD: Millis = 5;
/** How fast a clock runs from ours without being set, in ms a ms; one that NTP slews faster is searched anew. */
const DRIFT = 2e-4;
/** A question for a contradiction is this far outside of the window. */
const MARGIN: Millis = 0.5;
/** Servers that keep their time for a tick of the kernel are so much late now and then: a second look decides. */
const LATE: Millis = 4;
/** What may differ between the two ways of the quickest round trips. */
const JITTER: Millis = 0.25;
/** The quickest of so many round trips is taken to have no delay. */
const ROUND_TRIPS = 16;
/** So many contradictions without a narrow window in between are not a clock that was set, but one that does not tick. */
const MAX_CONTRADICTIONS = 6;
/** Where the next question is put while the clock is followed, in turn. */
const TURNS = ['after', 'middle', 'after', 'before'] as const;

/** Offsets that are possible. */
interface Window {
  low: Millis;
  high: Millis;
}

/**
 * Finds the offset of a clock of which only whole seconds are shown, by asking around its tick. Pure: says when to ask,
 * and takes the answers.
 *
 * A server that shows second D in the middle of the round trip has an offset in a window of 1 s; of a round trip that took
 * longer than the quickest, the middle is in doubt by half of the rest. Each answer narrows the window of what is possible,
 * which drift widens meanwhile. A wide window is searched: the next question goes where it parts the window. A narrow one is
 * followed: in turn, a question after the last possible tick, one in the middle, and one before the first possible tick. The
 * outer two can only contradict the window: if a second look, a little further out, does so too, the clock stepped, and the
 * search begins with what that answer allows.
 * A reading follows each answer that a clock set back would have contradicted: every 4 s. One that is set forward is noticed
 * up to 8 s later.
 * Every middle is in doubt by half a round trip besides, as with all clocks that are read over a network.
 */
export class TickSearch {
  private window: Window = { low: -Infinity, high: Infinity };
  private narrowedAt: Millis = 0;
  private askedAt: Millis = -Infinity;
  private turn = 0;
  private question: 'search' | (typeof TURNS)[number] = 'search';
  /** The date that was shown first since the last contradiction, and whether another one was since. */
  private firstDateMs = Number.NaN;
  private ticked = false;
  private contradictions = 0;
  /** The last answer contradicted a narrow window: the same is asked again. */
  private doubted = false;
  private readonly roundTrips: Millis[] = [];

  /** False if the answers contradict each other again and again: what is shown is not a clock. */
  get ticks(): boolean {
    return this.contradictions < MAX_CONTRADICTIONS;
  }

  /** When the next question has to be at the server. */
  next(now: Millis): Millis {
    const earliest = now + LEAD;
    if (this.window.low === -Infinity) return earliest;
    const window = this.drifted(earliest);
    const isNarrow = this.doubted || widthOf(window) <= this.limit;
    this.question = isNarrow ? TURNS[this.turn % TURNS.length]! : 'search';
    const wanted = isNarrow ? [this.place(window)] : divided(window);
    const from =
      isNarrow && !this.doubted ? Math.max(earliest, this.askedAt + PACE_MS - SECOND / 2) : earliest;
    // The offset `x` has its ticks at whole seconds minus x.
    for (let second = Math.floor((from + window.low) / SECOND) * SECOND; ; second += SECOND) {
      const at = wanted.map(offset => second - offset).find(moment => moment >= from);
      if (at !== undefined) return at;
    }
  }

  /** Takes an answer; the reading, where the window is narrow. */
  take(answer: DateAnswer): TickReading | undefined {
    const { sentAt, receivedAt } = answer;
    this.roundTrips.push(receivedAt - sentAt);
    if (this.roundTrips.length > ROUND_TRIPS) this.roundTrips.shift();
    this.askedAt = sentAt;
    const shown = this.allowedBy(answer);
    const { low, high } = this.drifted(receivedAt);
    const window = { low: Math.max(low, shown.low), high: Math.min(high, shown.high) };
    const isPossible = window.low < window.high;
    const again = !isPossible && !this.doubted && this.question !== 'search';
    this.doubted = again;
    if (again) {
      this.window = { low: low - LATE, high: high + LATE };
      this.narrowedAt = receivedAt;
      return undefined;
    }
    if (this.question !== 'search') this.turn++;
    if (!isPossible) this.contradicted();
    this.window = isPossible ? window : shown;
    this.narrowedAt = receivedAt;
    if (Number.isNaN(this.firstDateMs)) this.firstDateMs = answer.dateMs;
    this.ticked ||= answer.dateMs !== this.firstDateMs;
    const isChecked = this.question === 'after' || this.question === 'search';
    if (widthOf(this.window) > this.limit || !this.ticked || !isChecked) return undefined;
    this.contradictions = 0;
    return { offsetMs: middleOf(this.window), errorMs: (widthOf(this.window) + this.undelayed) / 2 };
  }

  private get limit(): Millis {
    return this.question === 'search' ? NARROW : LOOSE;
  }

  private contradicted(): void {
    this.contradictions++;
    this.turn = 0;
    this.firstDateMs = Number.NaN;
    this.ticked = false;
  }

  /** The offset whose tick is asked at. A larger offset ticks earlier. */
  private place({ low, high }: Window): Millis {
    const turn = TURNS[this.turn % TURNS.length]!;
    return { after: low - MARGIN, middle: (low + high) / 2, before: high + MARGIN }[turn];
  }

  private get undelayed(): Millis {
    return Math.min(...this.roundTrips);
  }

  /** The window, as far as the clock may have run since it was narrowed. */
  private drifted(now: Millis): Window {
    const { low, high } = this.window;
    const drift = (now - this.narrowedAt) * DRIFT;
    return { low: low - drift, high: high + drift };
  }

  private allowedBy({ sentAt, receivedAt, dateMs }: DateAnswer): Window {
    const doubt = (receivedAt - sentAt - this.undelayed) / 2 + JITTER;
    const low = dateMs - (sentAt + receivedAt) / 2;
    return { low: low - doubt, high: low + SECOND + doubt };
  }
}

/** The offsets that part a window, the earliest tick first. */
function divided(window: Window): Millis[] {
  const width = widthOf(window);
  const parts = width > HALVED ? PARTS : 2;
  return Array.from({ length: parts - 1 }, (_, part) => window.high - ((part + 1) * width) / parts);
}

function widthOf({ low, high }: Window): Millis {
  return high - low;
}

function middleOf({ low, high }: Window): Millis {
  return (low + high) / 2;
}
