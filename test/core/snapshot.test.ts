import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { DetectorChoice } from '../../src/core/detector.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { freeze, SnapshotError, thaw } from '../../src/core/snapshot.js';
import { inOrder, START, scenario } from '../support/scenario.js';

const test = suite('snapshot');
const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));

class Inner {
  sums = new Float64Array([0.1, NaN, -Infinity]);
}

class Counter {
  count = 0;
  lowest = Infinity;
  last: { at: number } | undefined = undefined;
  readonly inner = new Inner();
  readonly byName = new Map<string, Set<number>>();
  notify = () => this.count;
}

test('every kind of field comes back through JSON', () => {
  const one = new Counter();
  one.count = 1 / 3;
  one.last = { at: -0 };
  one.inner.sums.set([Math.PI, -Infinity, 5e-324]);
  one.byName.set('a\u001b', new Set([1, NaN]));
  const frozen = throughJson(freeze(one));
  const other = new Counter();
  const { inner, notify } = other;
  assert.is(thaw(frozen, other), other);
  assert.is(other.count, 1 / 3);
  assert.is(other.lowest, Infinity);
  assert.ok(Object.is(other.last!.at, -0));
  assert.is(other.inner, inner, 'instances are filled, not replaced');
  assert.equal([...other.inner.sums], [Math.PI, -Infinity, 5e-324]);
  assert.equal([...other.byName.get('a\u001b')!], [1, NaN]);
  assert.is(other.notify, notify);
  one.inner.sums[0] = 7;
  assert.is(other.inner.sums[0], Math.PI, 'nothing is shared');
});

test('a constant that several share is never written to', () => {
  const shared = Object.freeze({ state: 'learning' });
  class Seat {
    latest: { state: string } = shared;
  }
  const seat = new Seat();
  seat.latest = { state: 'alarm' };
  const other = new Seat();
  thaw(freeze(seat), other);
  assert.is(other.latest.state, 'alarm');
  assert.is(shared.state, 'learning');
});

test('a key that looks like our mark stays a key', () => {
  const odd = { $: 'NaN', of: [1] };
  assert.equal(thaw(throughJson(freeze(odd)), {}), odd);
});

test('what can\u2019t be kept is refused', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  for (const bad of [loop, Promise.resolve(), Symbol('x'), new WeakMap()])
    assert.throws(
      () => freeze({ bad }),
      (error: unknown) => error instanceof SnapshotError,
    );
});

test('a state of the wrong shape is refused, whatever it holds', () => {
  const bad = [
    { $: 'class', name: 'Counter', of: { count: 'many' } },
    { $: 'class', name: 'Counter', of: { inner: { sums: [] } } },
    {
      $: 'class',
      name: 'Counter',
      of: { inner: { $: 'class', name: 'Inner', of: { sums: { $: 'Float64Array', of: 'AAAA' } } } },
    },
    { $: 'class', name: 'Counter', of: { notify: 1 } },
    { $: 'class', name: 'Counter', of: { byName: { $: 'Map', of: [1] } } },
    { $: 'class', name: 'Process', of: {} },
    { $: 'constant', of: 'toString' },
    { $: 'nonsense' },
    JSON.parse('{"$":"class","name":"Counter","of":{"__proto__":{"polluted":1}}}'),
  ];
  for (const frozen of bad)
    assert.throws(
      () => thaw(frozen, new Counter()),
      (error: unknown) => error instanceof SnapshotError,
    );
});

const TRACK = `${'.'.repeat(80)}xxxxxxx${'.'.repeat(60)}pppppppp${'.'.repeat(60)}x.x.xx${'.'.repeat(80)}`;
const samples = inOrder(
  scenario(TRACK, { target: 'a' }),
  scenario(TRACK.replaceAll('x', 's'), { target: 'b', seed: 8, startMs: START + 25 }),
);

test('a pipeline that takes over anywhere gives the very same steps', () => {
  const whole = new Pipeline(defaultChoices(), { holdMs: 1500 });
  for (let index = 0; index < samples.length; index++) {
    whole.step(samples[index]!);
    if (index % 97 !== 0 || index < 2000) continue;
    const half = new Pipeline(defaultChoices(), { holdMs: 1500 });
    half.step(samples[0]!);
    half.restore(throughJson(whole.snapshot()));
    const reference = new Pipeline(defaultChoices(), { holdMs: 1500 });
    for (const sample of samples.slice(0, index + 1)) reference.step(sample);
    for (const sample of samples.slice(index + 1))
      assert.equal(half.step(sample), reference.step(sample), `taken over after sample ${index}`);
  }
});

test('a detector with other options, or whose state hides in closures, learns anew', () => {
  const hidden: DetectorChoice = {
    plugin: {
      name: 'hidden',
      summary: '',
      reads: ['reply'],
      options: {},
      create: () => {
        let score = 0;
        return { observe: () => ({ state: 'calm', score: ++score, threshold: 9e9, why: '' }) };
      },
    },
    options: {},
  };
  const choices = [...defaultChoices().slice(0, 1), hidden];
  const one = new Pipeline(choices, { holdMs: 1500 });
  for (const sample of samples.slice(0, 1000)) one.step(sample);
  const frozen = throughJson(one.snapshot());
  const other = new Pipeline(
    choices.map(({ plugin, options }) => ({ plugin, options: { ...options, window: 77 } })),
    { holdMs: 1500 },
  );
  other.restore(frozen);
  const { verdicts } = other.step(samples.find(sample => sample.target === 'a')!);
  assert.equal(
    verdicts.map(({ verdict }) => [verdict.state, verdict.score]),
    [
      ['learning', 0],
      ['calm', 1],
    ],
  );
});

test('a damaged state of a pipeline is refused in words', () => {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: 1500 });
  for (const bad of [null, 5, [], {}, { judge: 7, seats: 7 }, { judge: { probes: [1] }, seats: [] }])
    assert.throws(
      () => pipeline.restore(bad as never),
      (error: unknown) => error instanceof SnapshotError,
    );
});

test.run();
