import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector, defaultChoices, detectors } from '../../detectors/index.js';
import { holdToContract } from '../support/battery.js';

const test = suite('detectors');

for (const plugin of detectors) holdToContract(test, plugin);

test('no detector takes our own failure to send, or what a stranger sends, for evidence', () => {
  for (const { reads } of detectors)
    for (const kind of ['unsent', 'foreign', 'duplicate'] as const) assert.not(reads.includes(kind));
});

test('detectors are chosen by name, with options', () => {
  const { plugin, options } = chooseDetector('threshold:limit=80ms,count=2');
  assert.is(plugin.name, 'threshold');
  assert.is(options.limit, 80);
  assert.is(options.count, 2);
  assert.is(options.factor, plugin.options.factor!.default);
});

test('an unknown name is refused with the nearest known one', () => {
  assert.throws(() => chooseDetector('cusom'), /unknown detector "cusom". Did you mean "cusum"\?/);
  assert.throws(() => chooseDetector('cusum:hh=3'), /unknown option of cusum "hh"/);
  assert.throws(() => chooseDetector('z-score:limit=-1'), /z-score:limit must be between 0.1 and 1000/);
});

test('all watch by default but changepoint, whose alarms come minutes later', () =>
  assert.equal(
    defaultChoices().map(({ plugin }) => plugin.name),
    ['threshold', 'z-score', 'cusum', 'loss', 'clock-step', 'announcement'],
  ));

test.run();
