import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Detector, DetectorPlugin } from '../../src/core/detector.js';
import type { Verdict } from '../../src/core/verdict.js';
import { relearning } from '../../src/recording/relearning.js';

const CALM: Verdict = { state: 'calm', score: 0, threshold: 1, why: '' };
const plugin = (name: string, create: () => Detector): DetectorPlugin => ({
  ...{ name, summary: '', reads: ['reply'], options: {} },
  create,
});

class Counting implements Detector {
  count = 0;
  observe(): Verdict {
    this.count++;
    return CALM;
  }
}

const test = suite('relearning');

test('detectors of classes are kept, those of closures and of what no snapshot holds are named', () => {
  const choices = [
    plugin('of a class', () => new Counting()),
    plugin('of closures', () => {
      let count = 0;
      return { observe: () => ({ ...CALM, score: ++count }) };
    }),
    plugin('of a date', () => Object.assign(new Counting(), { since: new Date(0) })),
  ].map(each => ({ plugin: each, options: {} }));
  assert.equal(relearning(choices), ['of closures', 'of a date']);
  assert.equal(relearning(defaultChoices()), []);
});

test.run();
