import type { Millis } from '../sample.js';
import { LONGEST } from '../statistics/candidate-level.js';
import { type LevelChange, LevelTrack } from '../statistics/level-track.js';
import {
  inner,
  type Json,
  moment,
  numbers,
  optional,
  part,
  type Stateful,
} from '../validation/saved-state.js';

/** An observation is made of so many replies at least, over so much time at least. */
const REPLIES = 20;
const SPAN_MS: Millis = 1000;
/** More replies in this time add nothing. */
const MAX_REPLIES = 1000;
/** The share of the replies that are faster. */
const FLOOR = 0.05;
/** Five observations at a new level are a change: five seconds at 20 Hz. */
const COUNT = 5;
const LEVEL = { binMs: 0, count: COUNT, hazard: 1e-6, leastMs: 0.5, leastShare: 0.1, leastSpreads: 6 };

const STATE = part<{ track: Json; rtts: Float64Array; loads: Float64Array; since: Millis | undefined }>(1, {
  track: inner,
  rtts: numbers(MAX_REPLIES, 0, LONGEST),
  loads: numbers(2 * COUNT, 0, LONGEST),
  since: optional(moment),
});

/**
 * The floor of the round trips, and the moments at which it moved for good. Queues and busy machines only ever add to the
 * time that a path takes, so the fastest replies show the path through a load that hides it from the median. A change counts if it is larger than
 * what the load adds to a usual reply, before and after: a load that leaves no reply alone raises the floor as well.
 */
export class PathFloor implements Stateful {
  private readonly track = new LevelTrack(LEVEL);
  /** In ascending order: a reply is put in its place as it comes, which costs less than sorting. */
  private rtts: Millis[] = [];
  /** By how much the median of the last observations was above their floor, oldest first. */
  private loads: Millis[] = [];
  /** When the first of these was sent. */
  private since: Millis | undefined;

  /** Takes the round trip of a reply. Returns the change that it confirms. */
  add(at: Millis, rttMs: Millis): LevelChange | undefined {
    this.since ??= at;
    const isFull = this.rtts.length >= REPLIES && at - this.since >= SPAN_MS;
    const change = isFull ? this.observe(this.since) : undefined;
    if (isFull) this.since = at;
    if (this.rtts.length < MAX_REPLIES) insert(this.rtts, Math.min(rttMs, LONGEST));
    return change;
  }

  save(): Json {
    const { track, rtts, loads, since } = this;
    const [replies, above] = [Float64Array.from(rtts), Float64Array.from(loads)];
    return STATE.save({ track: track.save(), rtts: replies, loads: above, since });
  }

  load(saved: Json): void {
    const { track, rtts, loads, since } = STATE.load(saved);
    this.track.load(track);
    this.rtts = [...rtts.sort()];
    this.loads = [...loads];
    this.since = since;
  }

  private observe(since: Millis): LevelChange | undefined {
    const floor = quantileOf(this.rtts, FLOOR);
    this.loads.push(quantileOf(this.rtts, 0.5) - floor);
    this.rtts.length = 0;
    if (this.loads.length > 2 * COUNT) this.loads.shift();
    const change = this.track.add(since, floor);
    return change && Math.abs(change.toMs - change.fromMs) > this.loadMs ? change : undefined;
  }

  /** What the load adds to a usual reply: in the last observations or in those before, whichever is more. */
  private get loadMs(): Millis {
    const halves = [this.loads.slice(0, -COUNT), this.loads.slice(-COUNT)];
    return Math.max(...halves.map(loads => quantileOf(Float64Array.from(loads).sort(), 0.5)));
  }
}

function insert(sorted: Millis[], value: Millis): void {
  let place = sorted.length;
  for (; place > 0 && sorted[place - 1]! > value; place--) sorted[place] = sorted[place - 1]!;
  sorted[place] = value;
}

function quantileOf(sorted: Float64Array | readonly Millis[], share: number): Millis {
  return sorted[Math.floor(share * sorted.length)] ?? 0;
}
