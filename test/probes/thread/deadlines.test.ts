import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Deadlines } from '../../../probes/thread/deadlines.js';
import { seeded } from '../../../src/core/statistics/random.js';

const test = suite('deadlines');

test('the earliest is first, whatever was set before', () => {
  const random = seeded(7);
  const deadlines = new Deadlines();
  const times = new Array<number>(50).fill(Infinity);
  for (let change = 0; change < 5000; change++) {
    const item = Math.floor(random() * 50);
    times[item] = random() < 0.1 ? Infinity : Math.floor(random() * 1000);
    deadlines.set(item, times[item]!);
    assert.is(deadlines.firstTime, Math.min(...times));
    assert.is(times[deadlines.first!], deadlines.firstTime);
  }
});

test('of nothing, nothing is ever due', () => {
  assert.is(new Deadlines().firstTime, Infinity);
  assert.is(new Deadlines().first, undefined);
});

test.run();
