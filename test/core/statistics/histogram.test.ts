import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram } from '../../../src/core/statistics/histogram.js';
import { normal, seeded } from '../../../src/core/statistics/random.js';

const test = suite('histogram');

test('quantiles are within 0.5 % of the sorted values, from microseconds to minutes', () => {
  const random = seeded(7);
  const values = Array.from({ length: 20_000 }, () => Math.exp(normal(random) * 2));
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  const sorted = values.toSorted((a, b) => a - b);
  for (const q of [0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999]) {
    const exact = sorted[Math.floor(q * (sorted.length - 1))]!;
    const error = Math.abs(histogram.quantile(q)! / exact - 1);
    assert.ok(error <= 0.005 + 1e-9, `q ${q}: off by ${error}`);
  }
  assert.is(histogram.min, sorted[0]);
  assert.is(histogram.max, sorted.at(-1));
  assert.is(histogram.quantile(0), sorted[0]);
  assert.is(histogram.quantile(1), sorted.at(-1));
});

test('a single value is every quantile, exactly', () => {
  const histogram = new Histogram();
  histogram.add(0.123456);
  for (const q of [0, 0.5, 0.99, 1]) assert.is(histogram.quantile(q), 0.123456);
});

test('nothing has no quantile', () => {
  assert.is(new Histogram().quantile(0.5), undefined);
  assert.equal(new Histogram().bars(5), []);
});

test('values outside the range are counted at its edge and keep the extremes exact', () => {
  const histogram = new Histogram();
  for (const value of [0, -1, 1e9, 1]) histogram.add(value);
  assert.is(histogram.count, 4);
  assert.is(histogram.min, -1);
  assert.is(histogram.max, 1e9);
  assert.is(histogram.quantile(1), 1e9);
});

test('bars cover all values once, in ascending ranges', () => {
  const histogram = new Histogram();
  for (let value = 1; value <= 1000; value++) histogram.add(value);
  const bars = histogram.bars(10);
  assert.ok(bars.length <= 10);
  assert.is(
    bars.reduce((sum, bar) => sum + bar.count, 0),
    1000,
  );
  for (const [index, bar] of bars.entries()) {
    assert.ok(bar.from < bar.to);
    if (index > 0) assert.ok(Math.abs(bar.from / bars[index - 1]!.to - 1) < 1e-9);
    const exact = Array.from({ length: 1000 }, (_, i) => i + 1).filter(
      value => value > bar.from && value <= bar.to,
    );
    assert.is(bar.count, exact.length);
  }
});

test('clear forgets everything', () => {
  const histogram = new Histogram();
  histogram.add(5);
  histogram.clear();
  assert.is(histogram.count, 0);
  assert.is(histogram.quantile(0.5), undefined);
});

test.run();
