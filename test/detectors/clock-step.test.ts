import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clockStep } from '../../detectors/clock-step.js';
import type { Sample } from '../../src/core/sample.js';
import { resolveOptions } from '../../src/core/validation/options.js';

const test = suite('clock-step');

const make = () => clockStep.create(resolveOptions(clockStep.name, clockStep.options));
const sample = (seq: number, offsetMs: number, rttMs = 1): Sample => ({
  at: seq * 50,
  knownAt: seq * 50 + rttMs,
  target: 'vm',
  probe: 'clock',
  seq,
  outcome: { kind: 'clock', offsetMs, rttMs, via: 'icmp' },
});
/** Of a clock that is 0.5 ms behind on average, as whole ms tell it. */
const calm = (count: number, from = 0, level = 0) =>
  Array.from({ length: count }, (_, index) => sample(from + index, level - ((index * 0.618) % 1)));

test('alarms at the first clear reading, describes the step in words, and is calm a second later', () => {
  const detector = make();
  const states = calm(100).map(each => detector.observe(each).state);
  assert.equal([states[0], states[8], states[9], states[99]], ['learning', 'learning', 'calm', 'calm']);
  const [first] = calm(1, 102, -43.7);
  const verdict = detector.observe(first!);
  assert.is(verdict.state, 'alarm');
  const later = calm(40, 103, -43.7).map(each => detector.observe(each));
  assert.is(
    later.findIndex(({ state }) => state === 'calm'),
    20,
    'a second after the first',
  );
  assert.match(later[18]!.why, /^guest clock stepped −43\.[5-9] ms$/);
  assert.is(later[18]!.threshold, 2);
});

test('a small step needs two readings, and a deviation that delay explains is none', () => {
  const detector = make();
  for (const each of calm(100)) detector.observe(each);
  assert.is(detector.observe(sample(100, -40.5, 90)).state, 'calm', 'half of 90 ms is more');
  assert.is(detector.observe(sample(101, -4.5)).state, 'calm');
  assert.is(detector.observe(sample(102, -4.2)).state, 'alarm');
});

test('says seconds where it is seconds, and which way', () => {
  const detector = make();
  for (const each of calm(100)) detector.observe(each);
  assert.is(detector.observe(sample(100, 12_600)).why, 'guest clock stepped +12.6 s');
});

test('what can be no clock is passed over', () => {
  const detector = make();
  for (const each of calm(100)) detector.observe(each);
  for (const [offsetMs, rttMs] of [
    [NaN, 1],
    [1e13, 1],
    [-50, NaN],
    [-50, -1],
  ] as const)
    assert.is(detector.observe(sample(100, offsetMs, rttMs)).state, 'calm');
});

test('its state is saved and loaded', () => {
  const one = make();
  for (const each of calm(100)) one.observe(each);
  const other = make();
  other.load!(JSON.parse(JSON.stringify(one.save!())));
  assert.equal(other.observe(sample(100, -30)), one.observe(sample(100, -30)));
});

test.run();
