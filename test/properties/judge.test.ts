import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Light, MigrationEvent } from '../../src/core/event.js';
import { Pipeline } from '../../src/core/pipeline.js';
import type { Millis, Sample } from '../../src/core/sample.js';
import { FEWER, samples } from '../support/arbitrary.js';
import { inOrder, START, scenario } from '../support/scenario.js';

const test = suite('properties of the judge');
const HOLD: Millis = 2000;

/** What a session of these samples leaves: the last word on each event, and the last light of each target. */
function judged(all: readonly Sample[]) {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: HOLD });
  const events = new Map<string, MigrationEvent>();
  const lights = new Map<string, Light>();
  for (const sample of all) {
    const step = pipeline.step(sample);
    for (const event of step.events) {
      checkEvent(event, events.get(event.id));
      events.set(event.id, event);
    }
    for (const { target, light } of step.lights) lights.set(target, light);
  }
  return { events: [...events.values()], lights };
}

function checkEvent(event: MigrationEvent, before: MigrationEvent | undefined): void {
  const { startedAt, endedAt = Infinity, detectedAt, blackoutMs, stuntimeMs = 0, confidence } = event;
  const told = JSON.stringify(event);
  assert.ok(endedAt >= startedAt, `ends before it starts: ${told}`);
  assert.ok(Number.isFinite(startedAt) && Number.isFinite(detectedAt), told);
  assert.ok(stuntimeMs >= 0 && confidence > 0 && confidence <= 1, told);
  assert.is(event.state === 'closed', event.endedAt !== undefined, told);
  if (blackoutMs) {
    const { low, estimate, high } = blackoutMs;
    assert.ok(0 <= low && low <= estimate && estimate <= high, `bounds out of order: ${told}`);
  }
  assert.not.ok(before?.state === 'closed', `told anew after it was closed: ${told}`);
  if (before) assert.is(event.target, before.target);
}

/** Two minutes of calm after whatever was. */
function calmAfter(all: readonly Sample[], target: string): Sample[] {
  const startMs = all.reduce((last, { at, knownAt }) => Math.max(last, at, knownAt), START) + 50;
  const seq = all.reduce((last, sample) => Math.max(last, sample.seq), 0) + 1;
  return scenario('', { target, leadIn: 2400, startMs }).map(sample => ({
    ...sample,
    seq: sample.seq + seq,
  }));
}

const track = fc
  .array(fc.tuple(fc.constantFrom('.', '.', '.', 'x', 's', 'p', 'L', 'u'), fc.integer({ min: 1, max: 60 })), {
    maxLength: 20,
  })
  .map(runs => runs.map(([kind, length]) => kind.repeat(length)).join(''));

test('whatever happens to an answering target, each event ends after its start, and after calm all is green', () => {
  fc.assert(
    fc.property(track, track, (one, other) => {
      const all = inOrder(scenario(`${one}.`, { target: 'vm' }), scenario(`${other}.`, { target: 'db' }));
      const calm = inOrder(calmAfter(all, 'vm'), calmAfter(all, 'db'));
      const { events, lights } = judged([...all, ...calm]);
      assert.equal(Object.fromEntries(lights), { vm: 'green', db: 'green' });
      for (const event of events) assert.is(event.state, 'closed', JSON.stringify(event));
    }),
    FEWER,
  );
});

test('no order, duplicate or silence makes it throw or leaves a light stuck', () => {
  fc.assert(
    fc.property(
      track,
      fc.array(fc.tuple(fc.nat(2000), fc.nat(2000))),
      fc.nat(400),
      (drawn, swaps, silence) => {
        const all = scenario(drawn, { leadIn: 300 });
        const mixed = all.flatMap((sample, index) => (index % 7 === 3 ? [sample, sample] : [sample]));
        for (const [from, to] of swaps) {
          const [a, b] = [from % mixed.length, to % mixed.length];
          [mixed[a], mixed[b]] = [mixed[b]!, mixed[a]!];
        }
        mixed.splice(silence, 50);
        const { lights } = judged([...mixed, ...calmAfter(mixed, 'vm')]);
        assert.is(lights.get('vm'), 'green');
      },
    ),
    FEWER,
  );
});

test('samples of any kind, time and number make it neither throw nor contradict itself', () => {
  fc.assert(
    fc.property(samples, all => {
      judged([...all].sort((a, b) => a.knownAt - b.knownAt));
      judged(all);
    }),
  );
});

test.run();
