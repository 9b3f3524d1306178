import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import { SessionEngine } from '../../src/session/engine.js';
import { FEWER, samples } from '../support/arbitrary.js';
import { throughJson } from '../support/hand-over.js';
import { inOrder, scenario } from '../support/scenario.js';

const test = suite('properties of saved state');
const HOLD = 2000;

/** What a session shows: all that its screens and lines are made of. */
function shown(judging: SessionEngine, all: readonly Sample[]) {
  const steps = all.map(sample => judging.take(sample));
  return {
    steps,
    summaries: judging.tally.targetSummaries(),
    lights: [...judging.lights],
    open: [...judging.open],
  };
}

function judged(all: readonly Sample[]): SessionEngine {
  const judging = new SessionEngine(defaultChoices(), HOLD);
  for (const sample of all) judging.take(sample);
  return judging;
}

/** Samples of any kind, beside those of a target that the detectors have learned. */
const sessions = samples.map(any => inOrder(scenario('..xx..ppp..s', { target: 'vm', leadIn: 80 }), any));

test('a loaded state shows the same from then on, and saves the same', () => {
  fc.assert(
    fc.property(sessions, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const from = Math.floor(share * all.length);
      const whole = judged(all.slice(0, from));
      const saved = whole.save();
      const other = new SessionEngine(defaultChoices(), HOLD);
      other.load(throughJson(saved));
      assert.equal(throughJson(other.save()), throughJson(saved));
      assert.equal(shown(other, all.slice(from)), shown(whole, all.slice(from)));
      assert.equal(throughJson(other.save()), throughJson(whole.save()));
    }),
    FEWER,
  );
});

test('a state that does not load leaves what was known before', () => {
  fc.assert(
    fc.property(sessions, fc.jsonValue({ maxDepth: 3 }), (all, other) => {
      const judging = judged(all);
      const before = throughJson(judging.save());
      const names = Object.keys(before as object);
      for (const name of names) {
        const spoilt = { ...(before as object), [name]: other };
        try {
          judging.load(spoilt as never);
          judging.load(before);
        } catch {
          assert.equal(throughJson(judging.save()), before, name);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test.run();
