import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checklistOf } from '../../src/core/maintenance/checklist.js';
import { type Sample, toMicros } from '../../src/core/sample.js';
import { seeded } from '../../src/core/statistics/random.js';
import { encodeHeader, encodeRow, RecordingError } from '../../src/recording/format.js';
import { isSample, RecordingReader } from '../../src/recording/reader.js';
import type { Row } from '../../src/recording/rows.js';
import { SampleEncoder } from '../../src/recording/sample-rows.js';
import { START, scenario } from '../support/scenario.js';
import { HEADER, readAll, scratch } from './session.js';

const folder = scratch();
let files = 0;

function written(...lines: string[]): string {
  const path = join(folder, `${++files}.jsonl`);
  writeFileSync(path, lines.join(''));
  return path;
}

function encoded(samples: readonly Sample[]): string {
  const encoder = new SampleEncoder();
  return samples.map(sample => encoder.encode(sample)).join('');
}

const END = encodeRow({ type: 'end', data: { at: START, samples: 0 } });
const base = { at: START, knownAt: START + 1, target: 'a', probe: 'icmp', seq: 0 };

const test = suite('recording format');

test('samples of every kind come back deeply equal', () => {
  const samples: Sample[] = [
    { ...base, outcome: { kind: 'reply', rttMs: 1, ttl: 64, stamp: 'kernel' } },
    {
      ...base,
      seq: 1,
      at: START + 50.001,
      knownAt: START + 51.25,
      outcome: { kind: 'reply', rttMs: 1.2, ttl: 64, stamp: 'kernel' },
    },
    { ...base, seq: 2, outcome: { kind: 'reply', rttMs: 0.003 } },
    { ...base, seq: 2, outcome: { kind: 'duplicate', rttMs: 2 } },
    {
      ...base,
      seq: 7,
      lagMs: 400.5,
      outcome: { kind: 'reply', rttMs: 1200, late: true, ttl: 1, stamp: 'user' },
    },
    { ...base, seq: 3, outcome: { kind: 'overdue', waitedMs: 50 } },
    { ...base, seq: 3, outcome: { kind: 'lost', reason: 'unreachable', from: '192.0.2.9\u001b[2J' } },
    { ...base, probe: 'tcp', outcome: { kind: 'unsent', reason: 'ENETUNREACH' } },
    { ...base, target: 'b\u009b', seq: 70_000, outcome: { kind: 'foreign', from: 'fe80::1%x' } },
    {
      ...base,
      seq: 4,
      at: START + 1 / 3,
      knownAt: START + Math.PI,
      outcome: { kind: 'reply', rttMs: Math.E },
    },
    { ...base, seq: 5, outcome: { kind: 'clock', offsetMs: -43.7, rttMs: 1, via: 'icmp' } },
    {
      ...base,
      seq: 6,
      outcome: { kind: 'announce', via: 'rarp', mac: '52:54:00:00:00:01', gratuitous: true },
    },
    {
      ...base,
      probe: 'stream',
      outcome: {
        ...{ kind: 'playback', state: 'stalled', bufferMs: 10, lowestMs: 0, stalls: 1, stalledMs: 700 },
        trouble: 'HTTP 503',
      },
    },
    { ...base, seq: 7, outcome: { kind: 'not-yet-known', colour: 'blue' } as never },
  ];
  const { samples: read, ending } = readAll(written(encodeHeader(HEADER), encoded(samples), END));
  assert.equal(read, samples);
  assert.equal(ending, { kind: 'complete' });
});

test('any order of numbers and times to the microsecond is kept', () => {
  const random = seeded(3);
  let at = START;
  const samples = Array.from({ length: 20_000 }, (_, index): Sample => {
    at = toMicros(at + random() * 100 - 20);
    const rttMs = toMicros(random() ** 8 * 3000);
    const seq = random() < 0.9 ? index : Math.floor(random() * 70_000);
    const target = random() < 0.5 ? 'a' : 'b';
    return {
      at,
      knownAt: toMicros(at + rttMs),
      target,
      probe: 'icmp',
      seq,
      outcome: { kind: 'reply', rttMs },
    };
  });
  const path = written(encodeHeader(HEADER), encoded(samples), END);
  const { samples: read } = readAll(path);
  assert.is(read.length, samples.length);
  for (const [index, sample] of samples.entries()) assert.equal(read[index], sample);
});

test('an ordinary sample takes less than 40 bytes, and far less than a verbose line', () => {
  const samples = scenario('.'.repeat(20_000), { leadIn: 0 }).map(sample => ({
    ...sample,
    at: toMicros(sample.at + (sample.seq % 7) * 0.013),
    outcome: { ...sample.outcome, ttl: 64, stamp: 'kernel' } as Sample['outcome'],
  }));
  const bytes = Buffer.byteLength(encoded(samples)) / samples.length;
  assert.ok(bytes < 25, `${bytes} bytes a sample`);
});

test('the file shows no raw control character', () => {
  const row: Row = { type: 'note', data: { at: START, text: '\u001b[2J\u009b1m\u202e' } };
  const text = readFileSync(written(encodeHeader(HEADER), encodeRow(row)), 'utf8');
  assert.not.match(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202e]/);
});

const MOVED = {
  ...{ target: 'a', marked: true, waiting: false },
  moves: [
    {
      ...{ id: 'e1', sure: true, open: false, expected: true, startedAt: START, endedAt: START + 90 },
      ...{ blackoutMs: { estimate: 80, low: 79, high: 82 }, stuntimeMs: 91 },
    },
  ],
};

test('rows of every type and of unknown types come back', () => {
  const rows: Row[] = [
    { type: 'light', data: { target: 'a', light: 'amber', at: START, why: 'x' } },
    { type: 'gap', data: { at: START, until: START + 5, reason: 'asleep', dropped: 7 } },
    { type: 'reset', data: { at: START } },
    { type: 'target', data: { at: START, info: HEADER.targets[0]! } },
    { type: 'note', data: { at: START, text: 'moved by hand', target: 'a' } },
    { type: 'expect', data: { at: START, targets: ['a'], budgetMs: 300 } },
    { type: 'maintenance', data: { at: START, ...checklistOf([MOVED], { over: true, budgetMs: 300 }) } },
    { type: 'unknown', data: ['weather', { sky: 'grey' }, 7] },
  ];
  const { entries, header } = readAll(written(encodeHeader(HEADER), ...rows.map(encodeRow), END));
  assert.equal(entries.slice(0, -1), rows);
  assert.equal(header, HEADER);
});

test('a file that is not a recording, or of another version, is refused with what to do', () => {
  const header = JSON.parse(encodeHeader(HEADER));
  const cases: [string, RegExp][] = [
    ['', /line 1: .*nothing was recorded/],
    ['hello\n', /line 1: .*not a recording of migwatch/],
    ['{"a":1}\n', /line 1: .*not a recording of migwatch/],
    ['[1,2,3]\n', /line 1: .*not a recording/],
    [`${JSON.stringify({ ...header, version: 2 })}\n`, /line 1: .*version 2.*reads version 1.*newer/],
    [`${JSON.stringify({ ...header, version: '\u001b[31m' })}\n`, /version "\\u001b\[31m"/],
    [`${JSON.stringify({ ...header, targets: 'all' })}\n`, /line 1: .*"targets"/],
    [`${JSON.stringify({ ...header, startedAt: 1e300 })}\n`, /line 1: .*"startedAt"/],
  ];
  for (const [text, message] of cases)
    assert.throws(
      () => readAll(written(text)),
      (error: unknown) => error instanceof RecordingError && message.test(error.message),
    );
  const directory = join(folder, 'folder');
  mkdirSync(directory);
  assert.throws(() => readAll(directory), /not a file, so it is not a recording/);
});

test('a file cut anywhere is read to its last whole line and marked', () => {
  const samples = scenario('..x..s..', { leadIn: 20, target: 'a' });
  const whole = encodeHeader(HEADER) + encoded(samples) + END;
  const first = whole.indexOf('\n') + 1;
  for (let cut = first; cut < whole.length; cut++) {
    const { samples: read, ending } = readAll(written(whole.slice(0, cut)));
    const lines = whole.slice(first, cut).split('\n').length - 1;
    assert.is(ending.kind, 'incomplete');
    assert.equal(read, samples.slice(0, Math.max(0, lines - 1)));
  }
});

test('a row that can’t be decoded is left out, with its line reported, and the rows around it are read', () => {
  const sample = encoded([{ ...base, outcome: { kind: 'reply', rttMs: 1 } }]);
  const bad = [
    'x\n',
    '\n',
    '{}\n',
    '[]\n',
    '[null]\n',
    '[0]\n',
    '[9,1,1]\n',
    '[0,1.5,1]\n',
    '[0,1,1,-5]\n',
    '[0,9999999999999999,1]\n',
    '[0,999999999999999,1]\n[0,9007199254740000,1]\n',
    '[0,1,1,"reply",1,{"rttMs":"1"}]\n',
    '[0,1,1,"reply",1,{"rttMs":-1}]\n',
    '[0,1,1,"reply",1,{"rttMs":1,"ttl":"\u009b"}]\n',
    '[0,1,1,"reply",1e99,{"rttMs":1}]\n',
    '[0,1,1,"lost",1,{"reason":"because"}]\n',
    '[0,1,1,"lost",1]\n',
    '[0,1,1,"clock",1,{"offsetMs":1,"rttMs":1,"via":"icmp","at":1e300,"knownAt":1}]\n',
    '[0,1,1,"clock",1,{"offsetMs":1,"rttMs":-1,"via":"icmp"}]\n',
    '[0,1,1,"announce",1,{"via":"rarp","mac":1,"gratuitous":true}]\n',
    '[0,1,1,"playback",1,{"state":"paused","bufferMs":1,"lowestMs":1,"stalls":0,"stalledMs":0}]\n',
    '[0,1,1,"playback",1,{"state":"playing","bufferMs":1,"lowestMs":1,"stalls":0.5,"stalledMs":0}]\n',
    '["stream",{"index":7,"target":"a","probe":"icmp"}]\n',
    '["event",{"id":5}]\n',
    '["event"]\n',
    '["light",{"target":"a","light":"blue","at":1,"why":""}]\n',
    `${'['.repeat(100_000)}\n`,
  ];
  for (const line of bad) {
    const { samples, ending } = readAll(written(encodeHeader(HEADER), sample, line, '[0,50000,900]\n'));
    assert.is(ending.kind, 'damaged', line.slice(0, 60));
    assert.is(samples.length, line.startsWith('[0,999999999999999,') ? 3 : 2, line.slice(0, 60));
    assert.ok((ending as { line: number }).line >= 4, `${line.slice(0, 60)} ${JSON.stringify(ending)}`);
  }
});

test('a line without end is left out, in bounded memory', () => {
  const path = written(encodeHeader(HEADER), encoded([{ ...base, outcome: { kind: 'reply', rttMs: 1 } }]));
  for (let count = 0; count < 24; count++) appendFileSync(path, Buffer.alloc(1 << 20, '7'));
  const before = process.memoryUsage().rss;
  const { samples, ending } = readAll(path);
  assert.is(samples.length, 1);
  assert.is(ending.kind, 'damaged');
  assert.match((ending as { why: string }).why, /longer than/);
  assert.ok(process.memoryUsage().rss - before < 16 << 20);
  assert.throws(() => readAll(written('7'.repeat(10 << 20))), /line 1/);
});

test('bytes changed at random never crash or hang the reader', () => {
  const random = seeded(11);
  const whole = Buffer.from(
    encodeHeader(HEADER) + encoded(scenario('..x..s..p.', { leadIn: 50, target: 'a' })) + END,
  );
  for (let round = 0; round < 1500; round++) {
    const bytes = Buffer.from(whole);
    for (let count = 0; count <= random() * 4; count++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const path = join(folder, 'fuzzed.jsonl');
    writeFileSync(path, bytes);
    try {
      const { ending, samples } = readAll(path);
      assert.ok(ending);
      for (const { at, knownAt } of samples) assert.ok(Number.isFinite(at) && Number.isFinite(knownAt));
    } catch (error) {
      assert.ok(error instanceof RecordingError, String(error));
    }
  }
});

test('reading continues at a position as if it had never stopped', () => {
  const samples = scenario('.x.s'.repeat(20_000), { leadIn: 0, target: 'a' });
  const path = written(encodeHeader(HEADER), encoded(samples), END);
  assert.ok(statSync(path).size > 3 * 256 * 1024, 'several chunks');
  const reader = RecordingReader.open(path);
  const first = reader.read()!.filter(isSample);
  const position = JSON.parse(JSON.stringify(reader.position));
  const rest = () => {
    const read: Sample[] = [];
    for (let chunk = reader.read(); chunk; chunk = reader.read()) read.push(...chunk.filter(isSample));
    return read;
  };
  const expected = samples.slice(first.length);
  for (let round = 0; round < 2; round++) {
    const read = rest();
    assert.is(read.length, expected.length);
    for (const [index, sample] of read.entries()) assert.equal(sample, expected[index]);
    assert.equal(reader.ending, { kind: 'complete' });
    reader.seek(position);
  }
  reader.close();
});

test.run();
