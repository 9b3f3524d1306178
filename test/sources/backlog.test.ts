import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sample } from '../../src/core/sample.js';
import { Backlog } from '../../src/sources/backlog.js';
import { scenario } from '../support/scenario.js';

const test = suite('backlog');

const SAMPLES = scenario('.'.repeat(8000), { leadIn: 0 });

/** What is taken, at so many ms for 256 samples. */
function slow(ms: number, most?: number) {
  const taken: Sample[] = [];
  const said: string[] = [];
  const take = (samples: readonly Sample[]) => {
    for (const end = performance.now() + ms; performance.now() < end; );
    taken.push(...samples);
  };
  return { taken, said, backlog: new Backlog({ take, notice: text => said.push(text) }, most) };
}

test('what is known is looked at at once', () => {
  const { taken, backlog } = slow(0);
  backlog.put(SAMPLES.slice(0, 100));
  assert.equal(taken, SAMPLES.slice(0, 100));
});

test('what takes long leaves timers their turn, and keeps its order', async () => {
  const { taken, backlog } = slow(10);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  for (let from = 0; from < 8000; from += 1000) backlog.put(SAMPLES.slice(from, from + 1000));
  assert.ok(taken.length < 8000);
  while (taken.length < 8000) await wait(1);
  clearInterval(timer);
  assert.equal(taken, SAMPLES);
  assert.ok(ticks >= 5, `${ticks} ticks`);
});

test('in the end the rest is looked at', () => {
  const { taken, said, backlog } = slow(5);
  backlog.put(SAMPLES);
  backlog.end();
  assert.equal(taken, SAMPLES);
  assert.equal(said, []);
});

test('samples beyond the capacity are dropped, with a notice', () => {
  const { taken, said, backlog } = slow(30, 1000);
  backlog.put(SAMPLES.slice(0, 900));
  backlog.put(SAMPLES.slice(900, 1900));
  backlog.end();
  assert.equal(taken, SAMPLES.slice(0, 900));
  assert.match(said.join(), /can't keep up: dropped 1000 samples/);
});

test.run();
