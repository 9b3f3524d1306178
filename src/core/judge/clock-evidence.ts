import type { ClockStep } from '../clock/track.js';
import type { Millis } from '../sample.js';
import type { Disturbance } from './disturbance.js';
import { type Gap, receivedAt, type Sawtooth } from './echo-runs.js';
import { longestOf, sawtoothOf, type UsualLevel } from './extract-features.js';
import { type ClockEvidence, type ClockFeatures, MIN_BOOT_MS } from './features.js';
import { type ClockReadout, type GuestClock, type Silence, wentOn } from './guest-clock.js';
import type { GuestClocks } from './guest-clocks.js';

/** What else decides where in the disturbance to measure the step. */
interface Around {
  usualLevel: UsualLevel;
  since: Millis;
  now: Millis;
  /** The target was announced from a new location meanwhile. */
  announced: boolean;
  /** Later steps belong to the next event. */
  until: Millis;
  /** When former standstills ended: a copy that a move left is as old as that. */
  moves: readonly Millis[];
}

/** Where to measure: across a silence, or beside it. */
interface Place extends Around {
  silence: Silence | undefined;
  hasGap: boolean;
}

type Read = Extract<ClockReadout, { state: 'read' }>;

/** Two clocks differ if their steps do by more than their errors and this. */
const AGREE_MS: Millis = 3;
/** A copy of a VM that answers again is older. */
const MIN_COPY_AGE_MS: Millis = 1000;
/** How exactly the end of the last standstill and the jump are known, and the drift in between. */
const AGE_TOLERANCE_MS: Millis = 400;
const AGE_TOLERANCE = 0.002;
/** A clock that changes by less is not another one. */
const MIN_TURN_MS: Millis = 100;

/**
 * What the clocks of the guest say about the disturbance: the step across the gap; without a gap, across the sawtooth,
 * or the latest step since `since`, whichever is larger: a busy host queues packets too, shortly after a standstill that
 * no echo saw.
 *
 * An announcement is checked against the clock: the step is measured across a single missing echo too, and if the clock
 * continued through the gap, a step detected beside it counts, since the guest may have moved then.
 */
export function clockFeatures(
  clocks: GuestClocks,
  disturbance: Disturbance,
  around: Around,
  everyClockForward: (step: ClockStep) => boolean,
): ClockFeatures {
  const gaps = disturbance.gaps();
  const gap = longestOf(gaps);
  const bad =
    gap ?? sawtoothOf(disturbance, around.usualLevel) ?? (around.announced ? gaps.at(-1) : undefined);
  const place = {
    ...around,
    silence: bad && silenceAround(disturbance, bad),
    hasGap: gap !== undefined,
  };
  const [wall, second] = agreedPlaces(clocks, place);
  const secondSilent = isSilentBeside(wall, clocks.monotonic, around.now);
  const monotonic: ClockReadout = secondSilent ? { state: 'absent' } : second;
  const { main, isMonotonic, comparison } = compare(wall, monotonic, isLong(place));
  const { all } = clocks;
  return {
    clock: evidenceOf(main, isMonotonic, everyClockForward),
    clocks: comparison,
    secondSilent,
    backOnCourse: all.some(({ steps }) => isBackOnCourse(steps, around)),
    clockWithoutStep:
      bad === undefined &&
      all.some(clock => clock.readLately(around.now) && clock.isSteadySince(around.since)),
    copyAgeMs: ageOf(main, around.moves),
    clockTurns: Math.max(0, ...all.map(({ steps }) => turnsIn(steps, around))),
    standstills: all[0]?.steps.filter(isBackIn(around)).length ?? 0,
  };
}

function isLong({ silence }: Place): boolean {
  return silence?.to !== undefined && silence.to - silence.from > MIN_BOOT_MS;
}

/** The readouts of the best wall clock and the best monotonic one; a step that only one noticed is measured on the other. */
function agreedPlaces(clocks: GuestClocks, place: Place): [ClockReadout, ClockReadout] {
  const [wall, monotonic] = [best(clocks.wall, place), best(clocks.monotonic, place)];
  const [wallStep, monotonicStep] = [stepIn(wall), stepIn(monotonic)];
  const across = (step: ClockStep, all: readonly GuestClock[]) =>
    best(all, {
      ...place,
      silence: { from: step.from, to: step.to, heardAt: step.to },
      hasGap: true,
      announced: false,
    });
  if (wallStep && isUnmeasured(monotonic)) return [wall, across(wallStep, clocks.monotonic)];
  if (monotonicStep && isUnmeasured(wall)) return [across(monotonicStep, clocks.wall), monotonic];
  return [wall, monotonic];
}

/** The first clock that was read, or else waits. */
function best(clocks: readonly GuestClock[], place: Place): ClockReadout {
  const readouts = clocks.map(clock => measure(clock, place));
  return (
    readouts.find(({ state }) => state === 'read') ??
    readouts.find(({ state }) => state === 'waiting') ?? { state: 'absent' }
  );
}

function measure(clock: GuestClock, { silence, since, until, now, hasGap, announced }: Place): ClockReadout {
  const over = clock.across(silence, { since, until, now });
  if (hasGap && !(announced && !isStep(over))) return over;
  const beside = clock.noticed({ since, until, now });
  return sizeOf(beside) > sizeOf(over) ? beside : over;
}

/**
 * Which of the two clocks decides. If they agree, the more exact one; if they do not, the monotonic one, since the other
 * was set. After a silence in which the guest may have booted, the monotonic one is waited for.
 */
function compare(wall: ClockReadout, monotonic: ClockReadout, mayHaveBooted: boolean) {
  const awaitsSecond = mayHaveBooted && wall.state === 'read' && monotonic.state === 'waiting';
  if (awaitsSecond) return { main: monotonic, isMonotonic: true, comparison: undefined };
  if (!isMeasured(wall) || !isMeasured(monotonic)) {
    const isMonotonic = wall.state !== 'read' && (monotonic.state === 'read' || wall.state === 'absent');
    return { main: isMonotonic ? monotonic : wall, isMonotonic, comparison: undefined };
  }
  const setByMs = wall.stepMs - monotonic.stepMs;
  const agree = Math.abs(setByMs) <= wall.errorMs + monotonic.errorMs + AGREE_MS;
  const isMonotonic = !agree || monotonic.errorMs < wall.errorMs;
  return { main: isMonotonic ? monotonic : wall, isMonotonic, comparison: { agree, setByMs } };
}

function evidenceOf(
  main: ClockReadout,
  monotonic: boolean,
  everyClockForward: (step: ClockStep) => boolean,
): ClockEvidence {
  if (main.state !== 'read') return main;
  const { step, stepMs, errorMs } = main;
  const everyClock = step !== undefined && everyClockForward(step);
  return { state: 'read', stepMs, errorMs, everyClock, monotonic, ...(step && { to: step.to }) };
}

/** Since when a copy stood still whose clock would be as far behind. */
function ageOf(main: ClockReadout, moves: readonly Millis[]): Millis | undefined {
  const step = stepIn(main);
  if (!step || step.stepMs > -MIN_COPY_AGE_MS) return undefined;
  return moves
    .map(moment => step.to - moment)
    .find(age => Math.abs(age + step.stepMs) <= AGE_TOLERANCE_MS + AGE_TOLERANCE * age);
}

/** How often the clock changed to and fro between two courses. */
function turnsIn(steps: readonly ClockStep[], { since, until }: Around): number {
  const large = steps.filter(({ to, stepMs }) => to >= since && to < until && Math.abs(stepMs) > MIN_TURN_MS);
  return large.filter(({ stepMs }, index) => {
    const former = large[index - 1]?.stepMs ?? 0;
    return Math.abs(stepMs + former) < Math.abs(stepMs) / 10;
  }).length;
}

/** The machine whose wall clock was read before the step, or is since, does not answer for the other clocks. */
function isSilentBeside(wall: ClockReadout, others: readonly GuestClock[], now: Millis): boolean {
  const step = stepIn(wall);
  return step !== undefined && others.some(clock => clock.wasSilentBeside(step, now));
}

/** A guest that catches up and stands still again never was on the course in between before. */
function isBackOnCourse(steps: readonly ClockStep[], { since, until }: Around): boolean {
  const made = steps.filter(({ to }) => to < until);
  const last = made.at(-1);
  if (!last || last.to < since || last.stepMs > -MIN_TURN_MS) return false;
  const courses = [0];
  for (const { stepMs } of made) courses.push(courses.at(-1)! + stepMs);
  const isNear = (course: Millis) => (other: Millis) => Math.abs(other - course) <= AGREE_MS;
  const now = courses.pop()!;
  const left = courses.findIndex(isNear(now));
  const isNew = (course: Millis) => courses.findIndex(isNear(course)) > left;
  return left >= 0 && courses.slice(left + 1).some(course => course > now + MIN_TURN_MS && isNew(course));
}

function isBackIn({ since, until }: Around) {
  return ({ to, stepMs }: ClockStep) => to >= since && to < until && stepMs < -AGREE_MS;
}

function silenceAround(disturbance: Disturbance, { first, last }: Gap | Sawtooth): Silence | undefined {
  const { before, after } = disturbance.goodAround(first, last);
  return before && { from: before.at, ...(after && { to: after.at, heardAt: receivedAt(after) }) };
}

function stepIn(found: ClockReadout): ClockStep | undefined {
  return found.state === 'read' && isStep(found) ? found.step : undefined;
}

function isMeasured(found: ClockReadout): found is Read {
  return found.state === 'read' && found.errorMs < Infinity;
}

function isUnmeasured(found: ClockReadout): boolean {
  return found.state === 'read' && found.errorMs === Infinity;
}

function isStep(found: ClockReadout): boolean {
  return sizeOf(found) > 0 && found.state === 'read' && !wentOn(found);
}

/** The size of a step, or 0 if its error is too large to compare it. */
function sizeOf(found: ClockReadout): Millis {
  return found.state === 'read' && found.errorMs < Math.abs(found.stepMs) / 2 ? Math.abs(found.stepMs) : 0;
}
