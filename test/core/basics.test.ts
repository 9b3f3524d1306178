import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OverdueAge } from '../../probes/timing/overdue-age.js';
import { nextSlot, staggered } from '../../probes/timing/schedule.js';
import { formatDuration, parseDuration } from '../../src/core/format/duration.js';
import { nearest, unknownName } from '../../src/core/format/nearest-name.js';
import { normal, seeded } from '../../src/core/statistics/random.js';
import { RunningQuantile } from '../../src/core/statistics/running-quantile.js';
import { parseSelection, resolveOptions } from '../../src/core/validation/options.js';

const duration = suite('duration');
const DURATIONS: [string, number][] = [
  ['50ms', 50],
  ['1.5s', 1500],
  ['2m', 120_000],
  ['1h30m', 5_400_000],
  ['250us', 0.25],
  ['0', 0],
];
for (const [text, ms] of DURATIONS) duration(`${text} is ${ms} ms`, () => assert.is(parseDuration(text), ms));
for (const text of ['', '50', 'ms', '5 ms', '1s2', '-1s', '1e3s', 'Infinity'])
  duration(`"${text}" is refused`, () => assert.throws(() => parseDuration(text), /is not a duration/));
duration('what is written is read back', () => {
  for (const ms of [2, 50, 1000, 1500, 60_000, 5_400_000, 86_400_000])
    assert.is(parseDuration(formatDuration(ms)), ms);
});
duration.run();

const names = suite('names');
names('the nearest known name is found, and none where none is near', () => {
  assert.is(nearest('doctr', ['watch', 'doctor']), 'doctor');
  assert.is(nearest('wacth', ['watch', 'doctor']), 'watch');
  assert.is(nearest('example.org', ['watch', 'doctor']), undefined);
});
names('the message says what is known', () => {
  assert.match(
    unknownName('detector', 'cosum', ['cusum', 'loss']).message,
    'unknown detector "cosum". Did you mean "cusum"?',
  );
  assert.match(unknownName('detector', 'fourier', ['cusum', 'loss']).message, 'Known: cusum, loss.');
});
names.run();

const options = suite('options');
const SPECS = {
  h: { default: 5, unit: 'σ', help: '', min: 0, max: 100 },
  wait: { default: 50, unit: 'ms', help: '', min: 1, max: 1000 },
};
const read = (text: string) => {
  const { name, given } = parseSelection(text);
  return resolveOptions(name, SPECS, given);
};
options('defaults are filled in and durations read', () => {
  assert.equal(read('x'), { h: 5, wait: 50 });
  assert.equal(read('x:h=7.5,wait=1s'), { h: 7.5, wait: 1000 });
});
options('what is unknown or out of range is refused with what was expected', () => {
  assert.throws(() => read('x:hh=1'), /unknown option of x "hh". Did you mean "h"/);
  assert.throws(() => read('x:h=101'), /x:h must be between 0 and 100, not "101"/);
  assert.throws(() => read('x:h=abc'), /x:h must be/);
  assert.throws(() => read('x:h'), /x:h needs a value: write x:h=5/);
  assert.throws(() => read('x:wait=2m'), /between 1ms and 1s/);
});
options.run();

const schedule = suite('schedule');
schedule('slots are counted from the origin: nothing accumulates, what was missed is skipped', () => {
  assert.is(nextSlot(1000, 50, 900), 1000);
  assert.is(nextSlot(1000, 50, 1000), 1050);
  assert.is(nextSlot(1000, 50, 1049.9), 1050);
  assert.is(nextSlot(1000, 50, 1333), 1350);
});
schedule('a million slots later the schedule has not drifted', () => {
  let now = 0;
  for (let k = 0; k < 1_000_000; k++) now = nextSlot(0, 50, now) + 0.37;
  assert.ok(Math.abs(now - 0.37 - 50_000_000) < 1e-6);
});
schedule('targets are spread over the interval, in whole turns of the prober', () => {
  const phases = (count: number, interval: number) =>
    Array.from({ length: count }, (_, index) => staggered(index, count, interval));
  assert.equal(phases(4, 100), [0, 20, 50, 70]);
  assert.equal(phases(5, 20), [0, 4, 8, 12, 16]);
  assert.equal(new Set(phases(1000, 100)).size, 10);
});
schedule.run();

const quantiles = suite('running quantile');
for (const [p, expected] of [
  [0.5, 1],
  // exp(0.5 · 2.326) for a log-normal with σ = 0.5
  [0.99, 3.2],
] as const) {
  quantiles(`follows the ${p} quantile of log-normal values`, () => {
    const random = seeded(3);
    const quantile = new RunningQuantile(p);
    let sum = 0;
    for (let i = 0; i < 60_000; i++) {
      quantile.add(Math.exp(0.5 * normal(random)));
      if (i >= 30_000) sum += quantile.value!;
    }
    assert.ok(Math.abs(sum / 30_000 / expected - 1) < 0.12, `mean estimate ${sum / 30_000}`);
  });
}
quantiles('an unanswered probe is overdue at 3 × p99, but not before 50 ms and not after the timeout', () => {
  const age = new OverdueAge();
  assert.is(age.age(1000), 1000);
  for (let i = 0; i < 100; i++) age.reply(1);
  assert.is(age.age(1000), 50);
  for (let i = 0; i < 100; i++) age.reply(40);
  assert.is(age.age(1000), 120);
  assert.is(age.age(80), 80);
});
quantiles.run();
