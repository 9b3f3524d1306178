import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClockReading } from '../../../src/core/clock/readings.js';
import { type ClockStep, ClockTrack } from '../../../src/core/clock/track.js';
import { normal, type Random, seeded } from '../../../src/core/statistics/random.js';

const test = suite('clock track');

interface Path {
  /** Of the quickest round trip, and the mean of an exponential delay of either way, in ms. */
  leastMs: number;
  jitterMs: number;
}
const LAN: Path = { leastMs: 0.5, jitterMs: 0.2 };
const WAN: Path = { leastMs: 21, jitterMs: 0.5 };

/** Readings every 50 ms or so of a clock whose true offset is known, with the whole ms that such a clock tells. */
function readings(
  random: Random,
  from: number,
  to: number,
  offset: (at: number) => number,
  { leastMs, jitterMs }: Path,
) {
  const found: ClockReading[] = [];
  for (let sent = from; sent < to; sent += 50 + random()) {
    const [there, back] = [0, 0].map(() => leastMs / 2 - jitterMs * Math.log(1 - random())) as [
      number,
      number,
    ];
    const remote = Math.floor(sent + there + offset(sent + there));
    const rttMs = there + back;
    found.push({ at: sent + rttMs / 2, offsetMs: remote - (sent + rttMs / 2), rttMs });
  }
  return found;
}

function follow(track: ClockTrack, all: readonly ClockReading[]): ClockStep[] {
  return all.flatMap(reading => track.observe(reading) ?? []);
}

/** The distance from the truth of the steps of many clocks, frozen at 10 s for so long, a second afterwards. */
function errors(path: Path, frozenMs: number, drift = 0) {
  return Array.from({ length: 100 }, (_, seed) => {
    const random = seeded(seed);
    const phase = random();
    const offset = (at: number) => phase - 500 + drift * at - (at > 10_000 ? frozenMs : 0);
    const track = new ClockTrack();
    const steps = follow(track, [
      ...readings(random, 0, 10_000, offset, path),
      ...readings(random, 10_000 + frozenMs, 11_000 + frozenMs, offset, path),
    ]);
    assert.is(steps.length, 1, `seed ${seed}: ${steps.map(({ stepMs }) => stepMs)}`);
    const { stepMs, errorMs } = track.lastStep()!;
    return { error: Math.abs(stepMs + frozenMs), errorMs };
  }).sort((a, b) => a.error - b.error);
}

for (const [name, path, median, p95] of [
  ['a bridge away', LAN, 0.5, 2],
  ['20 ms away', WAN, 1, 4],
] as const)
  for (const [frozenMs, drift] of [
    [9.3, 0],
    [43.7, 20e-6],
    [2588.25, -20e-6],
  ] as const)
    test(`${name}: a freeze of ${frozenMs} ms is one step, as long as the issue asks`, () => {
      const found = errors(path, frozenMs, drift);
      assert.ok(found[49]!.error <= median, `median ${found[49]!.error}`);
      assert.ok(found[94]!.error <= p95, `p95 ${found[94]!.error}`);
      const honest = found.filter(({ error, errorMs }) => error <= errorMs).length;
      assert.ok(honest >= 90, `${honest} of 100 within the error that was told`);
    });

test('no step where a clock drifts, is slewed by 500 ppm, or its replies are delayed', () => {
  const courses: ((at: number) => number)[] = [
    () => 0,
    at => 100e-6 * at,
    at => (at < 60_000 ? 0 : 500e-6 * (at - 60_000)),
    at => (at < 60_000 ? 500e-6 * at : 30),
  ];
  for (const [index, offset] of courses.entries())
    for (const path of [LAN, WAN, { leastMs: 5, jitterMs: 30 }]) {
      const track = new ClockTrack();
      assert.equal(follow(track, readings(seeded(index), 0, 200_000, offset, path)), [], `course ${index}`);
    }
});

test('a single wrong reading is not a step, unless it is large', () => {
  const track = new ClockTrack();
  const calm = readings(seeded(1), 0, 10_000, () => 0, LAN);
  follow(track, calm);
  const wrong = (offsetMs: number): ClockReading => ({ at: 10_050, offsetMs, rttMs: 0.6 });
  assert.is(track.observe(wrong(-4.5)), undefined);
  assert.ok(track.unexplainedMs > 3 && track.unexplainedMs < 4.5);
  assert.equal(
    follow(
      track,
      readings(seeded(2), 10_100, 20_000, () => 0, LAN),
    ),
    [],
  );
  assert.ok(track.observe({ ...wrong(-40), at: 20_050 })!.stepMs < -39);
});

test('requests that were queued while the guest was paused, and are answered in turn, make one step', () => {
  const track = new ClockTrack();
  follow(
    track,
    readings(seeded(3), 0, 10_000, () => 0, LAN),
  );
  // Asked every 50 ms from 10,000 on, all answered at 11,500 when the guest's clock says 10,000.
  for (let sent = 10_000; sent < 11_500; sent += 50) {
    const rttMs = 11_500 - sent;
    track.observe({ at: sent + rttMs / 2, offsetMs: 10_000 - (sent + rttMs / 2), rttMs });
  }
  follow(
    track,
    readings(seeded(4), 11_500, 13_500, () => -1500, LAN),
  );
  const { stepMs, errorMs } = track.stepAround(9990, 11_500)!;
  assert.ok(Math.abs(stepMs + 1500) < 1 && errorMs < 1, `${stepMs} ± ${errorMs}`);
});

test('two copies of a guest that take turns step to and fro, each time', () => {
  const track = new ClockTrack();
  follow(
    track,
    readings(seeded(5), 0, 5000, () => 0, LAN),
  );
  const steps = [1, 0, 1, 0].map((copy, turn) => {
    const at = 5000 + turn * 50;
    return track.observe({ at, offsetMs: -12_600 * copy, rttMs: 0.7 })?.stepMs;
  });
  steps.forEach(
    (step, turn) => void assert.ok(Math.abs(step! - (turn % 2 ? 12_600 : -12_600)) < 2, `${step}`),
  );
});

test('nothing is known of a side without readings, nor of the future', () => {
  const track = new ClockTrack();
  assert.is(track.stepAround(0, 0), undefined);
  assert.is(track.lastStep(), undefined);
  follow(
    track,
    readings(seeded(6), 0, 1000, () => 0, LAN),
  );
  assert.is(track.stepAround(-10, 500), undefined);
  assert.is(track.stepAround(500, 2000), undefined);
});

test('continues from its saved state as if it had never stopped', () => {
  const random = seeded(7);
  const all = [
    ...readings(random, 0, 9000, () => 0, LAN),
    ...readings(random, 9000, 20_000, () => -30 + normal(random) * 0.01, LAN),
  ];
  const one = new ClockTrack();
  follow(one, all.slice(0, 200));
  const other = new ClockTrack();
  other.load(JSON.parse(JSON.stringify(one.save())));
  follow(one, all.slice(200));
  follow(other, all.slice(200));
  assert.equal(other.lastStep(), one.lastStep());
});

test.run();
