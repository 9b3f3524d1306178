import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Baseline, isRtt } from '../../../src/core/statistics/baseline.js';
import { normal, seeded } from '../../../src/core/statistics/random.js';

/** The window holds seven digits. */
const SINGLE = 1e-6;
const near = (value: number, expected: number, share: number) =>
  assert.ok(
    Math.abs(value - expected) <= (share + SINGLE) * Math.abs(expected),
    `${value}, not about ${expected}`,
  );

function learned(rtts: readonly number[], options = { window: 1000, relearn: 200 }): Baseline {
  const baseline = new Baseline(options);
  for (const rtt of rtts) baseline.learn(rtt, false);
  return baseline;
}

const test = suite('baseline');

test('normal noise in ln RTT is measured in its σ', () => {
  const random = seeded(2);
  const baseline = learned(Array.from({ length: 4000 }, () => 100 * Math.exp(0.2 * normal(random))));
  near(baseline.medianMs, 100, 0.03);
  near(baseline.standardise(100 * Math.exp(0.2 * 5)), 5, 0.1);
  near(baseline.standardise(100 * Math.exp(-0.2 * 5)), -5, 0.1);
});

test('a constant RTT has a scale still: 5 % of RTT + 0.2 ms', () => {
  const baseline = learned(Array(100).fill(9.8));
  // ln(20/10) / 0.05
  near(baseline.standardise(19.8), 13.863, 1e-4);
  assert.is(baseline.standardise(9.8), 0);
});

test('a heavy tail sets the scale: its 98th percentile lies 4 out', () => {
  const baseline = learned(Array.from({ length: 1000 }, (_, index) => (index % 25 === 0 ? 99.8 : 9.8)));
  near(baseline.standardise(99.8), 4, 1e-9);
});

test('limits are doubled until 500 replies, or the window if that is smaller', () => {
  assert.is(learned(Array(49).fill(1)).ready, false);
  assert.is(learned(Array(50).fill(1)).ready, true);
  assert.is(learned(Array(499).fill(1)).caution, 2);
  assert.is(learned(Array(500).fill(1)).caution, 1);
  assert.is(learned(Array(60).fill(1), { window: 60, relearn: 200 }).caution, 1);
});

test('an alarm teaches nothing, until it has stood for too long', () => {
  const baseline = learned(Array(1000).fill(1));
  for (let reply = 0; reply < 200; reply++) baseline.learn(50, true);
  near(baseline.medianMs, 1, 1e-9);
  baseline.learn(50, true);
  assert.is(baseline.ready, false);
  for (let reply = 0; reply < 50; reply++) baseline.learn(50, false);
  near(baseline.medianMs, 50, 1e-9);
});

test('it follows a level that moves without an alarm', () => {
  const baseline = learned([...Array(1000).fill(1), ...Array(6000).fill(2)]);
  near(baseline.medianMs, 2, 1e-9);
});

test('only what a clock can measure is a round trip', () => {
  assert.equal([0, 0.02, 3000].map(isRtt), [true, true, true]);
  assert.equal([-1, NaN, Infinity].map(isRtt), [false, false, false]);
});

test.run();
