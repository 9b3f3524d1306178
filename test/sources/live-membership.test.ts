import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import { leastUsedSlot } from '../../probes/timing/schedule.js';
import type { Sample } from '../../src/core/sample.js';
import type { TargetChange } from '../../src/core/session-info.js';
import { makePlan } from '../../src/plan/plan.js';
import { parseTarget, parseTargets } from '../../src/plan/targets.js';
import { LiveSource } from '../../src/sources/live.js';
import { SourceWithObservers } from '../../src/sources/observers.js';
import { sleep } from '../support/headless.js';

const INTERVAL = 10;
const planFor = (targets: string[], flags = {}) =>
  makePlan(
    { interval: `${INTERVAL}ms`, ...flags },
    { targets: parseTargets(targets), detectors: defaultChoices(), probes: [] },
  );

/** A source that runs, with what it said of each target. */
async function running(targets: string[]) {
  const source = await LiveSource.prepare(planFor(targets));
  const heard: Sample[] = [];
  const changes: TargetChange[] = [];
  source.onTarget = change => changes.push(change);
  await source.start(samples => heard.push(...samples));
  const of = (target: string) => heard.filter(sample => sample.target === target);
  const until = async (done: () => boolean) => {
    for (let tries = 0; !done(); tries++) {
      assert.ok(tries < 1000, 'not in 10 s');
      await sleep(10);
    }
  };
  return { source, of, changes, until };
}

const test = suite('targets that come and go');

test('an added target gets the first of the least used slots', () => {
  // Every 50 ms a prober wakes each 10 ms: five slots.
  assert.is(leastUsedSlot([], 50), 0);
  assert.is(leastUsedSlot([0, 10, 20, 40], 50), 30);
  assert.is(leastUsedSlot([0, 10, 20, 30, 40, 0, 20], 50), 10);
});

test('a target joins and leaves, and comes again from 0, while another loses no slot', async () => {
  const { source, of, changes, until } = await running(['sim:stays']);
  await until(() => of('sim:stays').length > 5);
  await source.add(parseTarget('label=sim:guest'));
  await until(() => of('sim:guest').length > 5);
  assert.is(of('sim:guest')[0]!.seq, 0);
  assert.is(source.remove('sim:guest'), true);
  const before = of('sim:guest').length;
  await until(() => of('sim:stays').length > 30);
  assert.is(of('sim:guest').length, before, 'nothing is said of one that left');
  await source.add(parseTarget('sim:guest'));
  await until(() => of('sim:guest').length > before);
  assert.is(of('sim:guest')[before]!.seq, 0, 'it is counted anew');
  const echoes = of('sim:stays').filter(({ outcome }) => outcome.kind === 'reply');
  assert.equal(
    echoes.map(({ seq }) => seq),
    echoes.map((_, index) => index),
  );
  assert.equal(
    changes.map(({ action, info }) => `${action} ${info.name}`),
    ['added label', 'removed label', 'added guest'],
  );
  await source.stop();
});

test('all leave one backend, and it is opened again for the next', async () => {
  const { source, of, until } = await running(['sim:a', '127.0.0.1']);
  await until(() => of('sim:a').length > 0);
  source.remove('sim:a');
  await source.add(parseTarget('sim:b'));
  await until(() => of('sim:b').length > 0 && of('127.0.0.1').length > 0);
  assert.is(source.remove('sim:a'), false, 'it is none of ours any more');
  await source.stop();
});

test('one that is watched already gets its new label; one that does not resolve is listed with why', async () => {
  const { source, changes } = await running(['old=sim:a']);
  await source.add(parseTarget('new=sim:a'));
  await source.add(parseTarget('no-such-host.invalid'));
  const [a, missing] = source.info().targets;
  assert.is(a!.name, 'new');
  assert.match(missing!.trouble!, /does not resolve/);
  assert.equal(
    changes.map(({ action, info }) => [action, info.target]),
    [
      ['changed', 'sim:a'],
      ['added', 'no-such-host.invalid'],
    ],
  );
  source.remove('no-such-host.invalid');
  assert.is(source.info().targets.length, 1);
  await source.stop();
});

test('with observers too, whose targets can’t be removed here', async () => {
  const own = await LiveSource.prepare(planFor(['sim:a']));
  const line = JSON.stringify({
    type: 'start',
    targets: [{ target: 'far', name: 'far', address: '-', backend: '-', witnesses: [] }],
  });
  const source = await SourceWithObservers.prepare(own, [
    { name: 'o', command: `echo '${line}'; exec sleep 30` },
  ]);
  await source.start(() => {});
  await source.add(parseTarget('sim:b'));
  const ids = () => source.info().targets.map(({ target }) => target);
  const [, , far] = ids();
  assert.equal(ids().slice(0, 2), ['sim:a', 'sim:b']);
  assert.is(source.remove(far!), false);
  assert.is(source.remove('sim:b'), true);
  assert.equal(ids(), ['sim:a', far]);
  await source.stop();
});

test.run();
