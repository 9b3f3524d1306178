import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endureMany } from './hostile/run.js';

/** MIGWATCH_RUNS=1000000 looks further, for half an hour; MIGWATCH_SEED elsewhere. */
const { MIGWATCH_RUNS = 300, MIGWATCH_SEED = 20_261_121 } = process.env;
const MAX_MEGABYTES = 300;

const test = suite('hostile recordings');

test('whatever a recording holds, its state included, no reader hangs, swells, or fails otherwise than in words', async () => {
  const endured = await endureMany(Number(MIGWATCH_RUNS), Number(MIGWATCH_SEED));
  const { mutations, hangs, errors, slowest, megabytes } = endured;
  console.log(
    `${mutations} mutations: ${hangs.length} hangs, ${errors.length} errors, at most ${megabytes.toFixed(0)} MB` +
      (slowest > 0 ? `, the slowest ${slowest.toFixed(1)} s` : ''),
  );
  assert.equal(hangs, [], 'mutations that hang');
  assert.equal(
    errors.map(({ index }) => index),
    [],
    'mutations that end in an internal error',
  );
  assert.ok(megabytes < MAX_MEGABYTES, `${megabytes} MB`);
});

test.run();
