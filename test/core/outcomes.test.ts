import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pack, unpack } from '../../probes/thread/codec.js';
import { sampleLine } from '../../src/core/format/json-line.js';
import { examplesOf, fieldsOf, OUTCOME_KINDS, OUTCOME_SHAPES } from '../../src/core/outcomes.js';
import type { Outcome, Sample } from '../../src/core/sample.js';
import { misfit } from '../../src/core/validation/shape.js';
import { SampleDecoder, SampleEncoder } from '../../src/recording/sample-rows.js';
import { ObserverLines } from '../../src/sources/observer-lines.js';
import { START } from '../support/scenario.js';

const test = suite('table of outcomes');

const PROBES: Partial<Record<Outcome['kind'], string>> = {
  clock: 'clock',
  announce: 'announce',
  playback: 'stream',
};
const samples: Sample[] = OUTCOME_KINDS.flatMap(examplesOf).map((outcome, seq) => ({
  ...{ at: START + seq * 50, knownAt: START + seq * 50 + 10, target: 'vm', seq },
  ...{ probe: PROBES[outcome.kind] ?? 'icmp', outcome },
}));
const decoded = (lines: string): Sample[] => {
  const decoder = new SampleDecoder();
  return lines
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .flatMap(([head, ...rest]) => {
      if (head === 'stream') decoder.declare(rest[0]);
      return typeof head === 'number' ? [decoder.decode([head, ...rest])] : [];
    });
};

test('its examples pass its own checks, and a required field that is missing does not', () => {
  for (const { outcome } of samples) {
    const { kind, ...fields } = outcome;
    assert.is(misfit(fields, OUTCOME_SHAPES[kind]), undefined, JSON.stringify(outcome));
    for (const [name, { required }] of Object.entries(fieldsOf(kind))) {
      const without = { ...fields, [name]: undefined };
      assert.is(
        misfit(without, OUTCOME_SHAPES[kind]),
        required ? name : undefined,
        `${kind} without ${name}`,
      );
    }
  }
});

test('every outcome is read unchanged from a recording', () => {
  const encoder = new SampleEncoder();
  assert.equal(decoded(samples.map(sample => encoder.encode(sample)).join('')), samples);
});

test('every outcome of a prober crosses to the main thread unchanged', () => {
  const crossing = samples.filter(({ outcome }) => outcome.kind !== 'playback');
  assert.equal(unpack(pack(crossing, new Map([['vm', 0]])), ['vm']), crossing);
});

test('every outcome is read unchanged from the lines of another observer', () => {
  const received: Outcome[] = [];
  let now = START;
  const lines = new ObserverLines('rack2', {
    now: () => now,
    target: () => {},
    gone: () => {},
    sample: ({ outcome }) => received.push(outcome),
    guest: () => {},
    refused: why => assert.unreachable(why),
  });
  const info = { target: 'vm', name: 'vm', address: '192.0.2.1', backend: 'icmp-raw', witnesses: ['echo'] };
  lines.read(JSON.stringify({ type: 'start', targets: [info] }));
  for (const sample of samples) {
    now = sample.knownAt;
    lines.read(JSON.stringify(sampleLine(sample)));
  }
  assert.equal(
    received,
    samples.map(({ outcome }) => outcome),
  );
});

test('the format of recordings documents every kind with every field', () => {
  const text = readFileSync('recordings/README.md', 'utf8');
  const rows = text.slice(text.indexOf('#### Outcomes'), text.indexOf('### Other rows')).split('\n');
  for (const kind of OUTCOME_KINDS) {
    const row = rows.find(line => line.startsWith(`| \`${kind}\``)) ?? '';
    for (const name of Object.keys(fieldsOf(kind))) assert.match(row, `\`${name}`, `${kind}: ${name}`);
  }
});

test.run();
