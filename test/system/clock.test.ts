import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clockOrigin, now } from '../../src/system/clock.js';

const test = suite('time line');

/** How far the time line is ahead of the wall clock's whole milliseconds, for a while: between 0 and 1 if it is exact. */
function aheadMs(): number[] {
  const origin = clockOrigin();
  const ahead = Array.from({ length: 400 }, () => {
    for (const end = performance.now() + 0.02; performance.now() < end; );
    return now(origin) - Date.now();
  });
  return ahead.sort((a, b) => a - b);
}

test('it follows the wall clock to some microseconds, although that is read in whole milliseconds', () => {
  // Readings between which the processor was away are off by as much, so the typical ones count.
  const errors = Array.from({ length: 15 }, () => {
    const ahead = aheadMs();
    return Math.max(-ahead[20]!, ahead[380]! - 1);
  }).sort((a, b) => a - b);
  assert.ok(errors[7]! < 0.05, `${errors}`);
});

test('it runs at its speed', () => {
  const origin = { wallMs: 1000, monotonicMs: Number(process.hrtime.bigint()) / 1e6, speed: 50 };
  const first = now(origin);
  const end = performance.now() + 10;
  while (performance.now() < end);
  assert.ok(now(origin) - first >= 500);
});

test.run();
