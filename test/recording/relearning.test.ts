import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Detector, DetectorPlugin } from '../../src/core/detector.js';
import type { Json } from '../../src/core/validation/saved-state.js';
import type { Verdict } from '../../src/core/verdict.js';
import { relearning } from '../../src/recording/state-rows.js';

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

class Saving extends Counting {
  save(): number {
    return this.count;
  }
  load(saved: Json): void {
    this.count = Number(saved);
  }
}

const test = suite('relearning');

test('detectors that save and load their state are kept, the others are named', () => {
  const choices = [
    plugin('that saves', () => new Saving()),
    plugin('of a class', () => new Counting()),
    plugin('of closures', () => {
      let count = 0;
      return { observe: () => ({ ...CALM, score: ++count }) };
    }),
    plugin('that only saves', () => Object.assign(new Counting(), { save: () => 1 })),
  ].map(each => ({ plugin: each, options: {} }));
  assert.equal(relearning(choices), ['of a class', 'of closures', 'that only saves']);
  assert.equal(relearning(defaultChoices()), []);
});

test.run();
