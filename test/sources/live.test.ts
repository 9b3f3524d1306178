import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import { Pipeline } from '../../src/core/pipeline.js';
import type { Sample } from '../../src/core/sample.js';
import { makePlan } from '../../src/plan/plan.js';
import { parseTargets } from '../../src/plan/targets.js';
import { LiveSource } from '../../src/sources/live.js';
import { sleep } from '../support/headless.js';

const planFor = (targets: string[], flags = {}) =>
  makePlan(
    { interval: '5ms', ...flags },
    { targets: parseTargets(targets), detectors: defaultChoices(), probes: [] },
  );

const test = suite('live source');

test('golden: the samples of a live session, judged again from memory, give deeply equal steps', async () => {
  const source = await LiveSource.prepare(planFor(['127.0.0.1', 'sim:demo']));
  const samples: Sample[] = [];
  const live = new Pipeline(defaultChoices(), { holdMs: 1000 });
  const steps: unknown[] = [];
  await source.start(batch => {
    for (const sample of batch) {
      samples.push(structuredClone(sample));
      steps.push(structuredClone(live.step(sample)));
    }
  });
  await sleep(4000);
  await source.stop();
  const replayed = new Pipeline(defaultChoices(), { holdMs: 1000 });
  assert.ok(samples.length > 1000, `${samples.length} samples`);
  assert.equal(
    samples.map(sample => replayed.step(sample)),
    steps,
  );
});

test('simulated time waits for its samples to be judged, so that they do not pile up', async () => {
  const source = await LiveSource.prepare(planFor(['sim:a', 'sim:b'], { interval: '10ms', speed: '1000' }));
  let [latest, furthest] = [source.now(), 0];
  await source.start(batch => {
    for (const end = performance.now() + 20; performance.now() < end; );
    latest = batch.at(-1)!.knownAt;
    furthest = Math.max(furthest, source.now() - latest);
  });
  await sleep(1200);
  await source.stop();
  // Without waiting, 1.2 s would be 1,200 s, of which 20 ms a batch judge 75 s. A stalled machine may be 500 s behind.
  assert.ok(furthest < 600_000, `${furthest / 1000} s behind`);
});

test('names every target with its address and backend, and marks the simulated', async () => {
  const source = await LiveSource.prepare(planFor(['here=127.0.0.1', 'sim:demo']));
  const [here, demo] = source.info().targets;
  assert.equal([here!.name, here!.address, here!.simulated], ['here', '127.0.0.1', false]);
  assert.equal([demo!.address, demo!.backend, demo!.simulated], ['simulated', 'sim', true]);
  // Two targets at 200 Hz, and at most 50 requests a second for the time of day where that is permitted.
  assert.equal(demo!.witnesses, ['echo', 'clock', 'announce']);
  assert.is(source.info().packetsPerSecond, here!.witnesses.includes('clock') ? 450 : 400);
  await source.stop();
});

test('a name that does not resolve is listed with what keeps it, and is retried while the others are watched', async () => {
  const source = await LiveSource.prepare(planFor(['sim:demo', 'no-such-host.invalid']));
  const [demo, missing] = source.info().targets;
  assert.equal([demo!.target, demo!.trouble], ['sim:demo', undefined]);
  assert.equal([missing!.target, missing!.address], ['no-such-host.invalid', '-']);
  assert.match(missing!.trouble!, /no-such-host.invalid does not resolve \(\w+\)/);
  assert.match(
    source.info().notices.join('\n'),
    /no-such-host.invalid does not resolve \(\w+\); trying again/,
  );
  await source.stop();
});

test('where no target can be watched, it says why and does not start', async () => {
  try {
    await LiveSource.prepare(planFor(['no-such-host.invalid']));
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /no-such-host.invalid does not resolve/);
  }
});

test('a forced backend is used or refused, never replaced', async () => {
  const source = await LiveSource.prepare(planFor(['127.0.0.1'], { backend: 'tcp' }));
  assert.is(source.info().targets[0]!.backend, 'tcp');
  await source.stop();
});

test.run();
