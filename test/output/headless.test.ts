import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { utc } from '../../src/core/format/utc.js';
import type { Outcome } from '../../src/core/sample.js';
import { HeadlessLines } from '../../src/output/lines.js';

const written = (outcome: Outcome) => {
  const lines: string[] = [];
  const sample = { at: 1.5, knownAt: 2.5, target: 'vm', probe: 'icmp', seq: 12, outcome };
  new HeadlessLines(line => lines.push(line), { samples: true }).take({
    sample,
    verdicts: [],
    lights: [],
    events: [],
  });
  return lines.map(line => JSON.parse(line));
};

const test = suite('headless lines');

test('times are UTC to the microsecond', () => {
  assert.is(utc(Date.UTC(2026, 10, 20, 10) + 0.0425), '2026-11-20T10:00:00.000043Z');
  assert.is(utc(Date.UTC(2026, 10, 20, 10) + 999.9999), '2026-11-20T10:00:01.000000Z');
  assert.is(Date.parse(utc(1763632800123.456)), 1763632800123);
});

test('a sample is one line with the fields of its kind', () => {
  assert.equal(written({ kind: 'reply', rttMs: 0.912, ttl: 64, stamp: 'kernel' }), [
    {
      type: 'sample',
      at: '1970-01-01T00:00:00.001500Z',
      knownAt: '1970-01-01T00:00:00.002500Z',
      target: 'vm',
      probe: 'icmp',
      seq: 12,
      kind: 'reply',
      rttMs: 0.912,
      ttl: 64,
      stamp: 'kernel',
    },
  ]);
});

test('a late reply is a kind of its own', () => {
  const [line] = written({ kind: 'reply', rttMs: 1200, late: true });
  assert.is(line.kind, 'late');
  assert.not('late' in line);
});

test('a target cannot break a line or the terminal', () => {
  const lines: string[] = [];
  new HeadlessLines(line => lines.push(line), { samples: false }).take({
    sample: {
      at: 0,
      knownAt: 0,
      target: 'a\n\x1b[2J\u009b31m\u202e',
      probe: 'icmp',
      seq: 0,
      outcome: { kind: 'reply', rttMs: 1 },
    },
    verdicts: [],
    lights: [{ target: 'a\n\x1b[2J\u009b31m\u202e', light: 'red', at: 0, why: '' }],
    events: [],
  });
  assert.is(lines.length, 1);
  assert.is(lines[0]!.split('\n').length, 2);
  assert.not.match(lines[0]!, /[\x1b\u009b\u202e]/);
  assert.is(JSON.parse(lines[0]!).target, 'a\n\x1b[2J\u009b31m\u202e');
});

test.run();
