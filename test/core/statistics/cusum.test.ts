import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lossWeight, replyWeight, TwoSidedCusum } from '../../../src/core/statistics/cusum.js';
import { normal, seeded } from '../../../src/core/statistics/random.js';
import { TwoSidedRunMinimum } from '../../../src/core/statistics/run-minimum.js';

/** Montgomery, Introduction to Statistical Quality Control: target 10, σ 1, shifted to 11 from the 21st on. */
const MONTGOMERY = [
  9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62,
  10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
];

/** Exact zero-state average run lengths for k = 0.5: shift, then one- and two-sided for h = 4, the same for h = 5. */
const RUN_LENGTHS = [
  [0, 335.37, 167.68, 930.89, 465.44],
  [0.5, 26.68, 26.63, 38.01, 38.0],
  [1, 8.383, 8.383, 10.376, 10.376],
  [2, 3.343, 3.343, 4.009, 4.009],
  [3, 2.194, 2.194, 2.573, 2.573],
] as const;

/** Mean and standard error of the number of steps until `alarms` says so. */
function runLength(runs: number, start: () => () => boolean): { mean: number; error: number } {
  let sum = 0;
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    const alarms = start();
    let steps = 1;
    while (!alarms()) steps++;
    sum += steps;
    squares += steps * steps;
  }
  const mean = sum / runs;
  return { mean, error: Math.sqrt((squares / runs - mean * mean) / runs) };
}

/** Within four standard errors, a chance of 1 in 16,000, with a seed that settles it for good. */
function agrees({ mean, error }: { mean: number; error: number }, published: number): void {
  const off = `${mean.toFixed(3)} ± ${error.toFixed(3)} against ${published}`;
  assert.ok(Math.abs(mean - published) <= 4 * error, off);
  assert.ok(error < 0.03 * published, `too coarse to tell: ${off}`);
}

const test = suite('CUSUM');

test("Montgomery's example alarms first at observation 29, with C+ = 5.28", () => {
  const cusum = new TwoSidedCusum(0.5);
  const sums = MONTGOMERY.map(x => cusum.add(x - 10));
  assert.is(sums.findIndex(sum => sum > 5) + 1, 29);
  assert.is(sums[28]!.toFixed(2), '5.28');
});

for (const [shift, ...published] of RUN_LENGTHS)
  for (const [index, h] of [4, 4, 5, 5].entries()) {
    const sides = index % 2 === 0 ? 'one' : 'two';
    test(`run length for a shift of ${shift}σ, h = ${h}, ${sides}-sided, is ${published[index]}`, () => {
      const random = seeded(100 * h + index + shift);
      const measured = runLength(shift === 0 ? 3000 : 10_000, () => {
        const cusum = new TwoSidedCusum(0.5);
        return () => {
          const larger = cusum.add(shift + normal(random));
          return (sides === 'one' ? cusum.high : larger) > h;
        };
      });
      agrees(measured, published[index]!);
    });
  }

test("Shewhart's ±3σ chart alarms every 370.4 observations, one-sided every 740.8", () => {
  const random = seeded(3);
  const chart = (sided: (z: number) => number) =>
    runLength(4000, () => {
      const run = new TwoSidedRunMinimum(1);
      return () => run.add(sided(normal(random))) > 3;
    });
  agrees(
    chart(z => z),
    370.4,
  );
  agrees(
    chart(z => Math.max(0, z)),
    740.8,
  );
});

test('a loss weighs +6.21 and a reply −0.69 for p0 = 0.001 and p1 = 0.5', () => {
  assert.is(lossWeight(0.001, 0.5).toFixed(2), '6.21');
  assert.is(replyWeight(0.001, 0.5).toFixed(2), '-0.69');
});

test('the ceiling holds the sums', () => {
  const cusum = new TwoSidedCusum(1);
  for (let step = 0; step < 100; step++) cusum.add(10, 20);
  assert.is(cusum.high, 20);
  assert.is(cusum.low, 0);
});

test.run();
