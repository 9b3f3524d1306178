import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LossRate } from '../../../src/core/statistics/loss-rate.js';
import { seeded } from '../../../src/core/statistics/random.js';
import { RunMinimum, TwoSidedRunMinimum } from '../../../src/core/statistics/run-minimum.js';
import { SortedWindow } from '../../../src/core/statistics/sorted-window.js';

const test = suite('windows');

test('a sorted window holds the quantiles of the last values, ties and all', () => {
  const random = seeded(5);
  const window = new SortedWindow(50);
  const seen: number[] = [];
  for (let step = 0; step < 2000; step++) {
    const value = Math.floor(random() * 30) / 10;
    seen.push(value);
    window.add(value);
    const sorted = seen.slice(-50).sort((a, b) => a - b);
    for (const p of [0.01, 0.25, 0.5, 0.75, 0.98, 1])
      assert.is(window.quantile(p), Math.fround(sorted[Math.ceil(p * sorted.length) - 1]!));
  }
});

test('an empty window has no quantiles, and a cleared one is empty', () => {
  const window = new SortedWindow(3);
  assert.ok(Number.isNaN(window.quantile(0.5)));
  [5, 6, 7].forEach(value => {
    window.add(value);
  });
  assert.ok(window.full);
  window.clear();
  window.add(1);
  assert.is(window.quantile(1), 1);
});

test('a run minimum is above a limit when so many in a row are', () => {
  const run = new RunMinimum(3);
  assert.equal(
    [5, 6, 7, 2, 9, 8, 7].map(value => run.add(value)),
    [-Infinity, -Infinity, 5, 2, 2, 2, 7],
  );
});

test('a two-sided one needs them on one side', () => {
  const run = new TwoSidedRunMinimum(2);
  assert.equal(
    [3, -3, -4, -5, 2, 6].map(value => run.add(value)),
    [0, 0, 3, 4, 0, 2],
  );
});

test('the usual loss is the posterior mean of a Beta(1, 999) prior', () => {
  const rate = new LossRate(1e12);
  assert.is(rate.value, 0.001);
  for (let step = 0; step < 9000; step++) rate.add(step % 1000 === 0);
  assert.ok(Math.abs(rate.value - 10 / 10_000) < 1e-9);
});

test('and forgets: after three memories without a loss, all but a twentieth', () => {
  const rate = new LossRate(1000);
  for (let step = 0; step < 100; step++) rate.add(true);
  const before = rate.value;
  for (let step = 0; step < 3000; step++) rate.add(false);
  assert.ok(before > 0.08);
  assert.ok(rate.value < 0.0032 && rate.value > 0.0005);
});

test.run();
