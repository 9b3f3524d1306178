import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgingSet, recordedDetectors } from '../../src/evaluation/recorded-detectors.js';
import { SessionEngine } from '../../src/session/engine.js';
import { throughJson } from '../support/hand-over.js';
import { scenario } from '../support/scenario.js';

const test = suite('recorded detectors');
const cusum = (h: number) => ({ name: 'cusum', options: { h } });

test('a recording that repeats a detector a thousand times is judged by it once', () => {
  const messages: string[] = [];
  const choices = recordedDetectors(Array(1100).fill(cusum(9)), text => messages.push(text));
  assert.equal(
    choices.map(({ plugin, options }) => [plugin.name, options.h]),
    [['cusum', 9]],
  );
  assert.equal(messages, []);
});

test('a recording that names a thousand detectors is judged by 64, which is reported, and its state loads again', () => {
  const messages: string[] = [];
  const recorded = Array.from({ length: 1100 }, (_, index) => cusum(9 + index / 1000));
  const choices = recordedDetectors(recorded, text => messages.push(text));
  assert.is(choices.length, 64);
  assert.equal(messages, ['recorded with 1100 detectors: only the first 64 judge']);
  const engine = new SessionEngine(choices, 30_000);
  for (const sample of scenario('....x....', { target: 'a' })) engine.take(sample);
  const saved = throughJson(engine.save());
  const copy = new SessionEngine(choices, 30_000);
  copy.load(saved);
  assert.equal(throughJson(copy.save()), saved);
});

test('the line says who judges, and what --as-recorded would change', () => {
  const own = [cusum(9)];
  const line = (asRecorded: boolean) => judgingSet(own, { asRecorded }, () => {}).line;
  assert.match(
    line(false),
    /^judged by today's detectors: threshold, .*; --as-recorded judges with those of the recording$/,
  );
  assert.is(line(true), "judged by the recording's own detectors: cusum");
});

test.run();
