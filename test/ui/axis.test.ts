import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram } from '../../src/core/statistics/histogram.js';
import { scaleFor } from '../../src/ui/graph/axis.js';
import { parseScaling, scaleBoundsOf } from '../../src/ui/graph/scaling.js';
import { Buckets, rangeOf } from '../../src/ui/history/buckets.js';

const test = suite('scales');

function rangeOfRtts(rtts: readonly number[]) {
  const buckets = new Buckets(rtts.length);
  for (const [bucket, rtt] of rtts.entries()) buckets.widen(bucket, rtt, rtt);
  return rangeOf(buckets)!;
}

const calm = Array.from({ length: 150 }, (_, index) => 1 + (index % 10) / 50);
const labels = (rtts: readonly number[]) => scaleFor(rangeOfRtts(rtts), 5).ticks.map(({ label }) => label);

test('a stray reply of any size does not change the automatic scale', () => {
  const usual = labels(calm);
  for (const stray of [3, 12, 50, 1000, 9999]) {
    assert.equal(labels([...calm, stray]), usual, `${stray} ms`);
    assert.ok(scaleFor(rangeOfRtts([...calm, stray]), 5).top < 3);
  }
  assert.equal(labels([1, 1, 1, 5000]), labels([1, 1, 1]), 'among a few too');
});

test('many values at ten times the usual make the scale logarithmic', () => {
  const scale = scaleFor(rangeOfRtts([...calm, ...Array(15).fill(80)]), 5);
  assert.ok(scale.top >= 80);
  assert.ok(scale.place(1) < 0.2 && scale.place(10) > 0.4, `${scale.place(10)}`);
});

test('any RTTs have a scale in any shape: all equal, or 1 µs to 10 s', () => {
  const cases = [
    [5],
    [0.001],
    [10_000],
    [7, 7, 7],
    [0.001, 10_000],
    [0.001, 0.1, 1, 10, 100, 1000, 10_000],
    [0, 0],
  ];
  for (const rtts of cases)
    for (const shape of ['auto', 'linear', 'log'] as const)
      for (const ticks of [2, 3, 8]) {
        const scale = scaleFor(rangeOfRtts(rtts), ticks, { shape });
        const where = `${rtts} ${shape} ${ticks}`;
        for (const rtt of rtts) {
          const place = scale.place(rtt);
          assert.ok(place >= 0 && place <= 1, `${where}: ${rtt} at ${place}`);
        }
        assert.ok(
          scale.ticks.length >= 1 && scale.ticks.length <= ticks + 1,
          `${where}: ${scale.ticks.length} ticks`,
        );
        const places = scale.ticks.map(({ value }) => scale.place(value));
        assert.equal(
          places,
          [...new Set(places)].sort((a, b) => a - b),
          where,
        );
      }
});

test('fixed bounds do not change, and are logarithmic if they span decades', () => {
  const { range } = parseScaling('100us..100ms');
  for (const rtts of [[0.2], [5, 5000]]) {
    const scale = scaleFor(rangeOfRtts(rtts), 4, { shape: 'auto', range: range! });
    assert.equal(
      scale.ticks.map(({ label }) => label),
      ['100 µs', '1 ms', '10 ms', '100 ms'],
    );
    assert.equal(
      [0.01, 0.1, 1, 100, 5000].map(scale.place).map(place => Number(place.toFixed(3))),
      [0, 0, 0.333, 1, 1],
    );
  }
  const linear = scaleFor(rangeOfRtts([1]), 6, parseScaling('0..10ms'));
  assert.equal(
    linear.ticks.map(({ value }) => value),
    [0, 2, 4, 6, 8, 10],
  );
});

test('a scale is parsed, and an invalid one is refused with what was expected', () => {
  assert.equal(parseScaling('log'), { shape: 'log' });
  assert.equal(parseScaling('auto'), { shape: 'auto' });
  assert.equal(parseScaling('0.5ms..1.5s'), { shape: 'auto', range: { low: 0.5, high: 1500 } });
  assert.equal(parseScaling('log:100us..1s'), { shape: 'log', range: { low: 0.1, high: 1000 } });
  assert.equal(parseScaling('linear:0..10ms'), { shape: 'linear', range: { low: 0, high: 10 } });
  const refused = [
    ...['', 'loud', 'log:', 'log..', '5ms', '..', '1ms..', '10ms..1ms', 'log:0..1s', '1..2', '1ms...2ms'],
    ...['linear:1ms..2ms..3ms', 'log:1ms', 'auto:', 'x:1ms..2ms', '1ms..2ms:log', '\x1b[2J'],
  ];
  for (const text of refused)
    assert.throws(() => parseScaling(text), /--scale .*expected linear, log/s, text);
});

test('one scale for all targets holds nearly all of their RTTs between round bounds', () => {
  const histogram = (rtts: readonly number[]) => {
    const made = new Histogram();
    for (const rtt of rtts) made.add(rtt);
    return made;
  };
  assert.is(scaleBoundsOf([new Histogram()]), undefined);
  assert.equal(scaleBoundsOf([histogram([0.3]), histogram([7, 8, 9])]), { low: 0.2, high: 10 });
  const stray = histogram([...Array(1000).fill(4), 900]);
  assert.equal(scaleBoundsOf([stray, new Histogram()]), { low: 2, high: 5 });
});

test.run();
