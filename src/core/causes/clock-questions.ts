import { type Features, isStepped, MIN_BOOT_MS } from '../judge/features.js';
import type { Observation, Question } from './question.js';
import { signedMs } from './words.js';

/** A network that returns later than this after a move is rarer than a boot. */
const LATE_NETWORK_MS = 20_000;

const isLong = ({ gap, gapMs }: Features) => gap !== undefined && gapMs > MIN_BOOT_MS;
const jumped = (found: Features) => isStepped(found) && found.freezeMs === undefined;
const stepOf = ({ clock }: Features) => (clock.state === 'read' ? clock.stepMs : 0);
const isMonotonic = ({ clock }: Features) => clock.state === 'read' && clock.monotonic;

const clock: Question = {
  asks: 'What did the guest clock do?',
  witness: 'clock',
  findings: [
    {
      id: 'every-clock-forward',
      weights: { local: 40 },
      holds: ({ clock }) => clock.state === 'read' && clock.everyClock && clock.stepMs > 0,
    },
    {
      id: 'stood-still-for-less-than-a-very-long-gap',
      weights: {
        ...{ migration: 6, reboot: 14, pause: -4, outage: -8, failover: -10, takeover: -3, congestion: -10 },
        ...{ ghost: -5, 'clock-set': -5, local: -15 },
      },
      holds: found =>
        found.gapMs > LATE_NETWORK_MS && found.gapEnded && (found.freezeMs ?? Infinity) < found.gapMs / 2,
    },
    {
      id: 'stood-still-for-less-than-the-gap',
      weights: {
        ...{ migration: 12, reboot: 7, pause: -4, outage: -8, failover: -10, takeover: -3, congestion: -10 },
        ...{ ghost: -5, 'clock-set': -5, local: -15 },
      },
      holds: found =>
        isLong(found) && found.gapEnded && found.freezeMs !== undefined && found.freezeMs < found.gapMs / 2,
    },
    {
      id: 'stood-still-through-the-gap',
      weights: {
        ...{ migration: 16, pause: 10, outage: -15, reboot: -12, failover: -16, takeover: -10 },
        ...{ congestion: -12, ghost: -10, 'clock-set': -10, local: -25 },
      },
      holds: ({ gap, freezeMs }) => gap !== undefined && freezeMs !== undefined,
    },
    {
      id: 'stood-still',
      weights: {
        ...{
          migration: 14,
          pause: 14,
          'clock-set': 2,
          ghost: -15,
          outage: -15,
          failover: -12,
          takeover: -10,
        },
        ...{ congestion: -12, 'path-change': -15, reboot: -20, local: -25 },
      },
      holds: ({ freezeMs }) => freezeMs !== undefined,
    },
    {
      id: 'went-on',
      weights: {
        ...{ outage: 4, failover: 6, migration: -11, pause: -16, reboot: -14, ghost: -15, takeover: -6 },
        ...{ 'clock-set': -20 },
      },
      holds: ({ clockWentOn }) => clockWentOn,
    },
    {
      id: 'restarted',
      weights: {
        ...{ reboot: 25, takeover: 8, ghost: 0, migration: -20, pause: -20, outage: -20, failover: -20 },
        ...{ 'clock-set': -20, congestion: -15 },
      },
      holds: found => jumped(found) && isMonotonic(found) && isLong(found),
    },
    {
      id: 'monotonic-clock-jumped',
      weights: {
        ...{
          ghost: 25,
          takeover: 15,
          'clock-set': -20,
          migration: -12,
          pause: -14,
          outage: -15,
          failover: -15,
        },
        ...{ congestion: -14, 'path-change': -15, reboot: -20 },
      },
      holds: found => jumped(found) && isMonotonic(found),
    },
    {
      id: 'changed-in-a-long-gap',
      weights: {
        ...{ reboot: 15, migration: -12, pause: -15, outage: -12, failover: -14, 'clock-set': 2, ghost: -5 },
        ...{ congestion: -12, local: -10 },
      },
      holds: found => jumped(found) && isLong(found) && found.gapEnded,
    },
    {
      id: 'changed-in-a-short-gap',
      weights: { 'clock-set': 5, ghost: 3, takeover: 5, outage: -5, migration: -3, reboot: -10, local: -5 },
      holds: found => jumped(found) && found.gap !== undefined,
    },
    {
      id: 'jumped-back',
      weights: {
        ...{ 'clock-set': 16, ghost: 12, takeover: 11, migration: -12, pause: -14, outage: -15 },
        ...{ failover: -15, congestion: -14, 'path-change': -15, local: -10 },
      },
      holds: found => jumped(found) && stepOf(found) < 0,
    },
    {
      id: 'jumped-forward',
      weights: {
        ...{ 'clock-set': 18, ghost: -8, takeover: 13, migration: -12, pause: -14, outage: -15 },
        ...{ failover: -15, congestion: -14, 'path-change': -15, local: -5 },
      },
      holds: jumped,
    },
    {
      id: 'made-no-step',
      weights: { migration: -14, pause: -16, ghost: -15, 'clock-set': -20, takeover: -6 },
      holds: ({ clockWithoutStep }) => clockWithoutStep,
    },
  ],
  describe: found => clockWords(found),
};

const secondClock: Question = {
  asks: 'Does a second clock agree?',
  witness: 'clock',
  findings: [
    {
      id: 'second-clock-fell-silent',
      weights: { takeover: 16, 'clock-set': -10, migration: -4, pause: -6, ghost: -2 },
      holds: ({ secondSilent }) => secondSilent,
    },
    {
      id: 'both-clocks-stood-still',
      weights: { migration: 3, pause: 3, 'clock-set': -25, reboot: -25, local: -5 },
      holds: ({ clocks, freezeMs }) => clocks?.agree === true && freezeMs !== undefined,
    },
    {
      id: 'only-a-monotonic-clock-and-it-stood-still',
      weights: { 'clock-set': -25, reboot: -25 },
      holds: found => found.clocks === undefined && found.freezeMs !== undefined && isMonotonic(found),
    },
    {
      id: 'both-clocks-jumped',
      weights: { ghost: 22, takeover: 10, 'clock-set': -25 },
      holds: found => found.clocks?.agree === true && jumped(found),
    },
    {
      id: 'wall-clock-corrected-after-standstill',
      weights: { migration: 2, 'clock-set': -15 },
      holds: ({ clocks, freezeMs }) => clocks?.agree === false && freezeMs !== undefined,
    },
    {
      id: 'only-the-wall-clock-was-set',
      weights: {
        ...{ 'clock-set': 50, ghost: -20, reboot: -10, migration: -6, pause: -6, congestion: -10 },
        ...{ outage: -8, failover: -8, 'path-change': -10, local: -10 },
      },
      holds: ({ clocks, clockWentOn, clockWithoutStep }) =>
        clocks?.agree === false && (clockWentOn || clockWithoutStep),
    },
  ],
  describe: ({ clocks, secondSilent }) => {
    if (secondSilent) return [{ summary: 'no second clock was read on one side of the jump' }];
    if (!clocks) return [];
    if (clocks.agree) return [{ summary: 'a second, monotonic clock agrees' }];
    const setMs = clocks.setByMs;
    return [{ summary: `wall clock set by ${signedMs(setMs)} meanwhile`, value: setMs, unit: 'ms' }];
  },
};

const age: Question = {
  asks: 'Is the clock as old as a copy that a former move left?',
  witness: 'clock',
  findings: [
    {
      id: 'as-old-as-the-last-move',
      weights: { ghost: 25, takeover: 5 },
      holds: ({ copyAgeMs }) => copyAgeMs !== undefined,
    },
  ],
  describe: ({ copyAgeMs }) =>
    copyAgeMs === undefined
      ? []
      : [
          {
            summary: `the clock is as old as the last move, ${(copyAgeMs / 1000).toFixed(1)} s ago`,
            value: copyAgeMs,
            unit: 'ms',
          },
        ],
};

const turns: Question = {
  asks: 'Do two clocks answer in turn?',
  witness: 'clock',
  findings: [
    {
      id: 'back-on-a-former-course',
      weights: {
        ...{ takeover: 14, ghost: 2, 'clock-set': 7, migration: -20, pause: -20, reboot: -12, outage: -3 },
      },
      holds: ({ backOnCourse }) => backOnCourse,
    },
    {
      id: 'two-clocks-in-turn',
      weights: { ghost: 16, takeover: 16, 'clock-set': -10, migration: -10, pause: -10 },
      holds: ({ clockTurns }) => clockTurns >= 3,
    },
  ],
  describe: ({ clockTurns, backOnCourse }) =>
    backOnCourse
      ? [{ summary: 'the clock is back on the course that it left for another' }]
      : clockTurns >= 3
        ? [{ summary: `two clocks answer in turn: ${clockTurns} changes`, value: clockTurns }]
        : [],
};

export const CLOCK_QUESTIONS: readonly Question[] = [clock, secondClock, age, turns];

function clockWords(found: Features): Observation[] {
  const { clock, clockWentOn, clockWithoutStep, gap, missing } = found;
  if (clock.state !== 'read') return [];
  const { stepMs, errorMs } = clock;
  const value = { value: stepMs, unit: 'ms' };
  if (Math.abs(stepMs) > Math.max(2, errorMs))
    return [{ summary: `guest clock ${signedMs(stepMs)}`, ...value }, ...sumWords(found)];
  if (clockWentOn && (gap || missing > 0))
    return [{ summary: 'guest clock continued, as would one that is corrected at resume', ...value }];
  return clockWithoutStep ? [{ summary: 'guest clock made no step' }] : [];
}

/** A clock adds up all standstills in one gap. */
function sumWords({ freezeMs, gap, gapMs, standstills }: Features): Observation[] {
  if (freezeMs === undefined) return [];
  if (standstills > 1)
    return [{ summary: `${standstills} standstills, ${freezeMs.toFixed(0)} ms in sum`, value: standstills }];
  if (!gap || gapMs < MIN_BOOT_MS) return [];
  return [{ summary: `more than one standstill is possible: ${freezeMs.toFixed(0)} ms is their sum` }];
}
