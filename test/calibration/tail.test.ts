import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BernoulliCusum } from '../../src/core/statistics/bernoulli-cusum.js';
import { seeded } from '../../src/core/statistics/random.js';
import { lossRunLength } from './loss-chain.js';
import { exceedanceRate, pooledShape, shapeOf, tailOf } from './tail.js';

const draw = (seed: number, count: number, quantile: (u: number) => number) => {
  const random = seeded(seed);
  return Array.from({ length: count }, () => quantile(1 - random()));
};
const exponential = (u: number) => -Math.log(u);
/** Generalised Pareto with shape 0.25 and scale 1. */
const heavy = (u: number) => (u ** -0.25 - 1) / 0.25;
const within = (value: number, expected: number, factor: number) =>
  assert.ok(value > expected / factor && value < expected * factor, `${value}, not about ${expected}`);

const test = suite('extrapolation');

test('the shape of a tail is found: 0 for exponential, 0.25 for such a Pareto', () => {
  assert.ok(Math.abs(shapeOf(tailOf(draw(1, 50_000, exponential))!)) < 0.05);
  assert.ok(Math.abs(shapeOf(tailOf(draw(2, 50_000, heavy))!) - 0.25) < 0.05);
});

test('20,000 samples estimate 1 in 100,000', () => {
  const light = tailOf(draw(3, 20_000, exponential))!;
  within(exceedanceRate(light, -Math.log(1e-5), 0), 1e-5, 1.6);
  const tail = tailOf(draw(4, 20_000, heavy))!;
  within(exceedanceRate(tail, heavy(1e-5), 0.25), 1e-5, 1.6);
});

test('a limit below the tail is exceeded by the whole tail at least', () => {
  const tail = tailOf(Array.from({ length: 1000 }, (_, index) => index))!;
  assert.is(exceedanceRate(tail, 500, 0), 0.1);
});

test('the pooled shape weighs tails by size and is never below 0', () => {
  const tails = [tailOf(draw(5, 9000, heavy))!, tailOf(draw(6, 3000, exponential))!];
  const expected = 0.75 * shapeOf(tails[0]!) + 0.25 * shapeOf(tails[1]!);
  assert.ok(Math.abs(pooledShape(tails) - expected) < 1e-9);
  assert.is(pooledShape([tailOf(draw(7, 5000, u => 1 - u))!]), 0);
  assert.is(tailOf([1, 2, 3]), undefined);
});

test("a Bernoulli CUSUM's run length by its equations is that of simulation", () => {
  const random = seeded(8);
  const runs = 4000;
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    const cusum = new BernoulliCusum(0.5);
    while (cusum.sum <= 5) {
      steps++;
      if (random() < 0.05) cusum.loss(0.05);
      else cusum.reply(0.05);
    }
  }
  within(steps / runs, lossRunLength(0.05, 0.5, 5), 1.08);
});

test('and at least e^h', () => {
  for (const p0 of [0.0001, 0.001, 0.006, 0.05])
    assert.ok(lossRunLength(p0, 0.5, 12) >= 0.9 * Math.exp(12), `${p0}`);
});

test.run();
