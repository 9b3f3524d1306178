import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseScenario } from '../../src/lab/scenario.js';
import { CAUSE_NAMES, runsOf } from './wild-set.js';

const test = suite('the wild set');

test('every run is a scenario that the lab reads', () => {
  for (const run of CAUSE_NAMES.flatMap(name => runsOf(name, 1)))
    assert.ok(parseScenario(run.steps).steps.length > 3, run.name);
});

test('a seed gives the same parameters again, another one others', () => {
  const steps = (seed: number) => runsOf('late', seed).map(run => run.steps);
  assert.equal(steps(3), steps(3));
  assert.is(new Set([...steps(3), ...steps(4)]).size, 8);
});

test.run();
