import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { Detector, DetectorChoice } from '../../../src/core/detector.js';
import { Disturbance } from '../../../src/core/judge/disturbance.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import { Histogram } from '../../../src/core/statistics/histogram.js';
import { LossRate } from '../../../src/core/statistics/loss-rate.js';
import { SortedWindow } from '../../../src/core/statistics/sorted-window.js';
import {
  anyNumber,
  type Json,
  list,
  mapOf,
  momentOrNever,
  numbers,
  object,
  optional,
  part,
  plainCopy,
  StateError,
  type Stateful,
  text,
} from '../../../src/core/validation/saved-state.js';
import { handOver, throughJson } from '../../support/hand-over.js';
import { inOrder, START, scenario } from '../../support/scenario.js';

const test = suite('state');
const isStateError = (error: unknown) => error instanceof StateError;

test('every kind of value survives JSON unchanged', () => {
  interface Kept {
    at: number;
    odd: number[];
    name: string | undefined;
    sums: Float64Array;
    byName: Map<string, number>;
  }
  const codec = part<Kept>(3, {
    at: momentOrNever,
    odd: list(anyNumber, 9),
    name: optional(text),
    sums: numbers(4, -Infinity, Infinity),
    byName: mapOf(anyNumber, 2),
  });
  const kept: Kept = {
    at: -Infinity,
    odd: [Number.NaN, Infinity, 1 / 3, 5e-324],
    name: undefined,
    sums: new Float64Array([0.1, -Infinity]),
    byName: new Map([['__proto__', 1]]),
  };
  const { name, ...rest } = kept;
  assert.equal(codec.load(throughJson(codec.save(kept))), rest);
});

test('another version, a missing field and a value out of range are refused, and the field is named', () => {
  const codec = part<{ inner: { at: number }[] }>(1, {
    inner: list(object<{ at: number }>({ at: momentOrNever }), 1),
  });
  const refused: [Json, RegExp][] = [
    [null, /version 1/],
    [[], /version 1/],
    [{ inner: [] }, /version 1/],
    [{ version: 2, inner: [] }, /version 1/],
    [{ version: 1 }, /^inner: a list/],
    [{ version: 1, inner: [{ at: 0 }, { at: 0 }] }, /^inner: a list of at most 1/],
    [{ version: 1, inner: [{ at: 1e300 }] }, /^inner: at: a moment/],
    [{ version: 1, inner: [{ at: 'NaN' }] }, /^inner: at: a moment/],
    [JSON.parse('{"version":1,"inner":[{"__proto__":{"at":1}}]}'), /^inner: at: a moment/],
  ];
  for (const [saved, message] of refused)
    assert.throws(
      () => codec.load(saved),
      (error: unknown) => isStateError(error) && message.test((error as Error).message),
    );
});

test('numbers are refused that would drive a loop, or allocate, beyond what the part holds', () => {
  const window = () => new SortedWindow(50);
  const base64 = (values: number[]) => Buffer.from(new Float64Array(values).buffer).toString('base64');
  const refused: [Stateful, Json][] = [
    [window(), { version: 1, values: base64(Array(51).fill(1)) }],
    [window(), { version: 1, values: 'A'.repeat(1 << 20) }],
    [window(), { version: 1, values: base64([Number.NaN]) }],
    [window(), { version: 1, values: 'no base64!' }],
    [window(), { version: 1, values: 'AAAA' }],
    [new LossRate(100), { version: 1, losses: -1, outcomes: 1 }],
    [new LossRate(100), { version: 1, losses: 'Infinity', outcomes: 1 }],
    [new Histogram(), { version: 1, smallest: 1, largest: 1e15, counts: base64([1]) }],
    [new Histogram(), { version: 1, smallest: 1, largest: 1, counts: base64([0.5]) }],
    [
      new Disturbance([], 0),
      {
        ...{ version: 1, foldAt: 64, lastBadAt: 0, harmed: true, startedAt: 0 },
        echoes: [{ seq: 1, at: 0, fate: 'slow' }],
      },
    ],
  ];
  for (const [part, saved] of refused)
    assert.throws(() => part.load(saved), isStateError, JSON.stringify(saved));
});

test('data that is not plain is refused', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  for (const bad of [loop, undefined, Number.NaN, () => 1, Symbol('x'), 1n])
    assert.throws(() => plainCopy(bad));
});

const TRACK = `${'.'.repeat(80)}xxxxxxx${'.'.repeat(60)}pppppppp${'.'.repeat(60)}x.x.xx${'.'.repeat(80)}`;
const samples = inOrder(
  scenario(TRACK, { target: 'a' }),
  scenario(TRACK.replaceAll('x', 's'), { target: 'b', seed: 8, startMs: START + 25 }),
);
const pipeline = (choices: readonly DetectorChoice[] = defaultChoices()) =>
  new Pipeline(choices, { holdMs: 1500 });

test('a pipeline that takes over anywhere gives the very same steps', () => {
  const whole = pipeline();
  const steps = samples.map((sample, index) => {
    const half = index % 97 === 0 && index >= 2000 ? pipeline() : undefined;
    if (half) handOver(whole, half);
    return { half, step: whole.step(sample), index };
  });
  for (const { half, index } of steps)
    if (half)
      assert.equal(
        samples.slice(index).map(sample => half.step(sample)),
        steps.slice(index).map(({ step }) => step),
        `taken over before sample ${index}`,
      );
});

/** Counts its samples, and keeps the count to itself unless it is asked to save it. */
function counting(name: string, saves: Partial<Pick<Detector, 'save' | 'load'>> = {}): DetectorChoice {
  const create = (): Detector => {
    let score = 0;
    return {
      observe: () => ({ state: 'calm', score: ++score, threshold: 9e9, why: '' }),
      ...saves,
    };
  };
  return { plugin: { name, summary: '', reads: ['reply'], options: {}, create }, options: {} };
}

test('a detector with other options, or one that saves no state, starts to learn again', () => {
  const choices = [...defaultChoices().slice(0, 1), counting('hidden')];
  const one = pipeline(choices);
  for (const sample of samples.slice(0, 1000)) one.step(sample);
  const other = pipeline(
    choices.map(({ plugin, options }) => ({ plugin, options: { ...options, window: 77 } })),
  );
  handOver(one, other);
  const { verdicts } = other.step(samples.find(sample => sample.target === 'a')!);
  assert.equal(
    verdicts.map(({ verdict }) => [verdict.state, verdict.score]),
    [
      ['learning', 0],
      ['calm', 1],
    ],
  );
});

test('a detector whose saving fails starts to learn again; one whose loading fails is reported as state that does not fit', () => {
  const throws = () => {
    throw new TypeError('out of order');
  };
  const failing = [counting('fails', { save: throws, load: throws })];
  const one = pipeline(failing);
  one.step(samples[0]!);
  handOver(one, pipeline(failing));
  const picky = pipeline([counting('picky', { save: () => ({ count: 1 }), load: throws })]);
  picky.step(samples[0]!);
  const other = pipeline([counting('picky', { save: () => ({ count: 1 }), load: throws })]);
  assert.throws(
    () => handOver(picky, other),
    (error: unknown) => isStateError(error) && /picky: out of order/.test((error as Error).message),
  );
  assert.equal(other.targets, [], 'nothing of the target is left behind');
});

test('a damaged state of a pipeline is refused in words', () => {
  for (const bad of [
    null,
    5,
    [],
    {},
    { version: 1, judge: 7 },
    { version: 1, judge: { version: 1, events: -1 } },
  ]) {
    assert.throws(() => pipeline().load(bad as Json), isStateError);
    assert.throws(() => pipeline().loadTarget('a', bad as Json), isStateError);
  }
});

test.run();
