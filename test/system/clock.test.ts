import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clockOrigin, now } from '../../src/system/clock.js';

const test = suite('time line');

/** How far the time line is from the kernel's wall clock in µs, which Node reads at its start. */
function errorMs(): number {
  const origin = clockOrigin();
  const [before, ours, after] = [performance.now(), now(origin), performance.now()];
  return ours - (performance.timeOrigin + (before + after) / 2);
}

test('it follows the wall clock to some microseconds, although that is read in whole milliseconds', () => {
  // A reading during which the processor was away is off by as much, so the typical one counts.
  const errors = Array.from({ length: 25 }, errorMs).sort((a, b) => a - b);
  assert.ok(Math.abs(errors[12]!) < 0.1, `${errors}`);
});

test('it runs at its speed', () => {
  const origin = { wallMs: 1000, monotonicMs: Number(process.hrtime.bigint()) / 1e6, speed: 50 };
  const first = now(origin);
  const end = performance.now() + 10;
  while (performance.now() < end);
  assert.ok(now(origin) - first >= 500);
});

test.run();
