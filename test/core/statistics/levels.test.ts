import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type LevelChange, type LevelOptions, LevelTrack } from '../../../src/core/statistics/level-track.js';
import { MedianBins } from '../../../src/core/statistics/median-bins.js';
import { normal, seeded } from '../../../src/core/statistics/random.js';
import { StateError } from '../../../src/core/validation/saved-state.js';

const test = suite('levels of round trips');

const EACH: LevelOptions = {
  ...{ binMs: 0, count: 5, hazard: 1e-6 },
  ...{ leastMs: 0.5, leastShare: 0.005, leastSpreads: 4 },
};
const MINUTES = 240_000;

/** The changes that a track reports, with the number of the value that confirmed each. */
function follow(values: readonly number[], track = new LevelTrack(EACH), from = 0) {
  const changes: (LevelChange & { index: number })[] = [];
  values.forEach((value, index) => {
    const change = track.add((from + index) * MINUTES, value);
    if (change) changes.push({ ...change, index: from + index });
  });
  return changes;
}

/** Lognormal queues of half a millisecond above a level. */
function noisy(level: number, count: number, seed = 1): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => level + 0.5 * Math.exp(0.5 * normal(random)));
}

/** Annual flow of the Nile at Aswan, 1871 to 1970, 10⁸ m³ (Cobb 1978): it fell in 1899, as a dam was begun. */
const NILE = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
  1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040,
  759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
  744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

test('the flow of the Nile fell once, in 1899, from 1098 to 850', () => {
  const track = new LevelTrack({ ...EACH, hazard: 0.01, leastSpreads: 0 });
  const changes = follow(NILE, track);
  assert.is(changes.length, 1);
  assert.is(1871 + changes[0]!.at / MINUTES, 1899);
  assert.ok(1871 + changes[0]!.index < 1910, 'confirmed within ten years');
  assert.ok(Math.abs(changes[0]!.fromMs - 1097.75) < 60, `${changes[0]!.fromMs}`);
  assert.ok(Math.abs(track.levelMs - 849.97) < 30, `${track.levelMs}`);
});

test('a level that moves is reported after five observations, with its first', () => {
  const values = [...noisy(8.1, 60), ...noisy(14.2, 60, 2), ...noisy(8.1, 60, 3)];
  const changes = follow(values);
  assert.equal(
    changes.map(({ at, index }) => [at / MINUTES, index]),
    [
      [60, 64],
      [120, 124],
    ],
  );
  const [up] = changes;
  assert.ok(Math.abs(up!.fromMs - 8.67) < 0.3 && Math.abs(up!.toMs - 14.77) < 0.3 && up!.probability > 0.9);
});

test('what passes within four observations, and one round trip of a minute, is not a level', () => {
  const quiet = noisy(20, 300);
  for (const [place, value] of [60, 100, 101, 102, 103, 200, 202].map(at => [at, 400 * at] as const))
    quiet[place] = value;
  assert.equal(follow(quiet), []);
});

test('perfectly regular round trips, zeros and the longest ones are borne', () => {
  for (const level of [0, 0.02, 1e9, Number.MAX_VALUE])
    assert.equal(follow(Array.from({ length: 2000 }, () => level)), []);
  const changes = follow([...new Array(50).fill(10), ...new Array(50).fill(20)]);
  assert.equal(
    changes.map(({ index, fromMs, toMs }) => [index, fromMs, Math.round(toMs)]),
    [[54, 10, 20]],
  );
});

test('changes below the least are followed without a report', () => {
  const track = new LevelTrack({ ...EACH, leastMs: 10 });
  assert.equal(follow([...noisy(8, 60), ...noisy(14, 60)], track), []);
  assert.ok(track.levelMs > 14);
});

test('a saved track goes on as the one that saved it', () => {
  const [whole, half] = [new LevelTrack(EACH), new LevelTrack(EACH)];
  const [before, after] = [[...noisy(8, 60), ...noisy(14, 3, 2)], noisy(14, 60, 3)];
  follow(before, whole);
  half.load(JSON.parse(JSON.stringify(whole.save())));
  assert.equal(half.save(), whole.save());
  assert.is(half.probability, whole.probability);
  assert.equal(follow(after, half, before.length), follow(after, whole, before.length));
  assert.equal(half.save(), whole.save());
});

test('a state that no track has is refused', () => {
  const track = new LevelTrack(EACH);
  follow(noisy(8, 60), track);
  const saved = JSON.parse(JSON.stringify(track.save()));
  const [candidate] = saved.candidates;
  const wrong = [
    { ...saved, version: 2 },
    { ...saved, current: 40 },
    { ...saved, candidates: new Array(100).fill(candidate) },
    ...['mean', 'weight', 'squares', 'probability'].map(name => ({
      ...saved,
      candidates: [{ ...candidate, [name]: -1 }],
    })),
  ];
  for (const each of wrong)
    assert.throws(
      () => new LevelTrack(EACH).load(each),
      (error: unknown) => error instanceof StateError,
    );
});

test('medians of bins: far values are bins of their own, near ones share one, at once and by hand', () => {
  const far = new MedianBins(1000);
  assert.equal(far.add(0, 5), [], 'the first one cannot be told from a near one');
  assert.equal(far.add(4000, 6), [{ at: 0, value: 5 }]);
  assert.equal(far.add(8000, 7), [
    { at: 4000, value: 6 },
    { at: 8000, value: 7 },
  ]);
  assert.equal(far.add(12_000, 8), [{ at: 12_000, value: 8 }]);
  const near = new MedianBins(1000);
  const bins = Array.from({ length: 20 }, (_, index) =>
    near.add(index * 250, [9, 1, 2, 100][index % 4]!),
  ).flat();
  assert.equal(
    bins,
    [0, 1000, 2000, 3000, 4000].map(at => ({ at, value: 5.5 })),
  );
});

test('a bin of any rate keeps 64 values, spread over its time', () => {
  const bins = new MedianBins(1000);
  const values = Array.from({ length: 10_001 }, (_, index) => bins.add(index / 10, index / 10)).flat();
  assert.ok(Math.abs(values[0]!.value - 500) < 20, `${values[0]!.value}`);
  assert.ok(JSON.stringify(bins.save()).length < 1000);
});

test.run();
