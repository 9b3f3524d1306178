import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sample } from '../../src/core/sample.js';
import { endingNotes } from '../../src/recording/ending.js';
import { encodeHeader, encodeRow } from '../../src/recording/format.js';
import { RecordingReader } from '../../src/recording/reader.js';
import { SampleEncoder } from '../../src/recording/sample-rows.js';
import { FEWER } from '../support/arbitrary.js';
import { inOrder, MINUTE, START, scenario } from '../support/scenario.js';
import { HEADER, readAll, record, scratch } from './session.js';

const folder = scratch();
const test = suite('damaged recordings');

const TRACK = `${'.'.repeat(800)}xxxxxxx${'.'.repeat(200)}pppppppp${'.'.repeat(400)}`;
const samples = inOrder(
  scenario(TRACK, { target: 'a', leadIn: MINUTE }),
  scenario(TRACK, { target: 'b', leadIn: MINUTE, seed: 9, startMs: START + 25 }),
);
const whole = join(folder, 'whole.jsonl');
record(whole, samples);
const bytes = readFileSync(whole);
const HEAD = bytes.indexOf('\n') + 1;
const TAIL = bytes.lastIndexOf('\n', bytes.length - 2) + 1;

/** A byte that JSON never contains, not even in a text. */
const BLOT = 0x01;

function readBytes(damaged: Uint8Array) {
  const path = join(folder, 'damaged.jsonl');
  writeFileSync(path, damaged);
  return readAll(path);
}

/** The recording, with so many bytes overwritten that make no row. */
function blotted(from: number, count: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(BLOT, from, from + count);
  return copy;
}

/** Lines that any of these bytes are of; behind a newline that is lost, the next one too. */
function linesIn(from: number, count: number): string[] {
  const start = bytes.lastIndexOf('\n', from - 1) + 1;
  const end = bytes.indexOf('\n', from + count) + 1;
  return bytes.subarray(start, end).toString().trimEnd().split('\n');
}

const keyOf = ({ target, seq, at, knownAt, outcome }: Sample) =>
  JSON.stringify([target, seq, at, knownAt, outcome]);
const known = new Set(samples.map(keyOf));
const isSampleRow = (line: string) => /^\[\d/.test(line);

test('it is undamaged at first, and its sync rows take 2 % at most', () => {
  const { samples: read, ending } = readAll(whole);
  assert.equal(ending, { kind: 'complete' });
  assert.equal(read, samples);
  const lines = bytes.toString().split('\n');
  const synced = lines.filter(line => line.startsWith('["sync"'));
  assert.ok(synced.length > 5);
  assert.ok(synced.join('\n').length <= 0.02 * bytes.length);
});

test('of twenty bytes that are overwritten, wherever they are, only the rows that they are of are missing', () => {
  fc.assert(
    fc.property(fc.integer({ min: HEAD, max: TAIL - 25 }), fc.integer({ min: 1, max: 25 }), (from, count) => {
      const lost = linesIn(from, count);
      const { samples: read, ending } = readBytes(blotted(from, count));
      assert.is(ending.kind, 'damaged');
      const missing = lost.filter(isSampleRow).length;
      assert.is(read.length, samples.length - missing, JSON.stringify(ending));
      for (const sample of read) assert.ok(known.has(keyOf(sample)), keyOf(sample));
      const { samples: told, bytes: gone } = ending as { samples?: number; bytes: number };
      assert.is(told, missing);
      assert.is(gone, Buffer.byteLength(lost.join('\n')) + 1);
    }),
    FEWER,
  );
});

test('after twenty bytes are cut out, nearly everything is read, and all of it after the next sync row', () => {
  const cut = Buffer.concat([bytes.subarray(0, 3000), bytes.subarray(3020)]);
  const { samples: read } = readBytes(cut);
  assert.ok(read.length >= samples.length - 4, `${read.length} of ${samples.length}`);
  assert.equal(read.slice(-samples.length / 2), samples.slice(-samples.length / 2));
});

test('a stream is recovered after its declaration was lost', () => {
  const at = bytes.indexOf('["stream",{"index":1');
  const { samples: read, ending } = readBytes(blotted(at + 5, 3));
  assert.equal(read, samples);
  assert.is(ending.kind, 'damaged');
});

test('damage in several places is counted, and between two of them that are close, rows are lost', () => {
  const copy = blotted(5000, 20);
  copy.fill(BLOT, 5400, 5410);
  copy.fill(BLOT, 60_000, 60_030);
  const { samples: read, ending } = readBytes(copy);
  assert.ok(read.length > samples.length - 60, `${read.length} of ${samples.length}`);
  assert.equal(read.slice(-300), samples.slice(-300));
  const [note] = endingNotes(ending);
  assert.match(
    note!,
    /^DAMAGED at line \d+ \(this is not JSON\) and at 1 more place: \d+ bytes, \d+ samples, \d\.\d\d s missing$/,
  );
});

test('a changed number is found at the next sync row, and everything after it is right', () => {
  const from = bytes.indexOf('\n[0,50000,', 20_000);
  const copy = Buffer.from(bytes);
  copy.write('[0,51000,', from + 1);
  const { samples: read, ending } = readBytes(copy);
  assert.is(read.length, samples.length);
  assert.match(endingNotes(ending)[0]!, /the rows before it do not add up/);
  assert.equal(read.slice(-1000), samples.slice(-1000));
});

test('without a sync row after it, the rest is decoded from the rows before, which is reported', () => {
  const old = join(folder, 'old.jsonl');
  const lines = bytes.toString().split('\n');
  writeFileSync(old, lines.filter(line => !line.startsWith('["sync"')).join('\n'));
  const oldBytes = readFileSync(old);
  oldBytes.fill(BLOT, 3000, 3020);
  const { samples: read, ending } = readBytes(oldBytes);
  assert.ok(read.length >= samples.length - 3);
  const [last, lastRead] = [samples.at(-1)!, read.at(-1)!];
  assert.ok(last.at - lastRead.at >= 0 && last.at - lastRead.at <= 150);
  assert.match(endingNotes(ending)[0]!, /missing; later times and probe numbers may be too low/);
});

test('of each shipped recording with twenty bytes overwritten nearly everything is read', () => {
  for (const name of readdirSync('recordings').filter(file => file.endsWith('.jsonl'))) {
    const shipped = readFileSync(join('recordings', name));
    const { samples: all } = readAll(join('recordings', name));
    shipped.fill(BLOT, 3000, 3020);
    const { samples: read, ending } = readBytes(shipped);
    assert.is(ending.kind, 'damaged');
    assert.ok(read.length >= all.length - 3, `${name}: ${read.length} of ${all.length}`);
    assert.ok(Math.abs(read.at(-1)!.at - all.at(-1)!.at) < 200, name);
  }
});

test('a row that is too long is left out, and the rows after it are read', () => {
  const at = bytes.indexOf('\n', 30_000) + 1;
  const long = Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from(`["note",{"at":0,"text":"${'x'.repeat(9 << 20)}"}]\n`),
    bytes.subarray(at),
  ]);
  const { samples: read, ending } = readBytes(long);
  assert.equal(read, samples);
  assert.match((ending as { why: string }).why, /longer than/);
});

test('bytes that another program wrote after the end line are left out, and reported', () => {
  const path = join(folder, 'appended.jsonl');
  for (const foreign of ['x', 'hello\n', '[0,1,2]\n', bytes.toString()]) {
    writeFileSync(path, bytes);
    appendFileSync(path, foreign);
    const { samples: read, ending } = readAll(path);
    assert.equal(read, samples);
    assert.equal(ending, { kind: 'complete', foreign: Buffer.byteLength(foreign) });
    assert.match(endingNotes(ending)[0]!, /^complete; \d+ bytes after the end line are not part/);
  }
});

test('reading continues at a position after damage as if it had never stopped', () => {
  const path = join(folder, 'position.jsonl');
  writeFileSync(path, blotted(70_000, 20));
  const reader = RecordingReader.open(path);
  const read: { position: object | undefined; rest: Sample[] }[] = [];
  for (let chunk = reader.read(); chunk; chunk = reader.read()) {
    for (const { rest } of read) rest.push(...(chunk.filter(entry => 'outcome' in entry) as Sample[]));
    read.push({ position: structuredClone(reader.position), rest: [] });
  }
  assert.ok(read.some(({ position }) => position));
  for (const { position, rest } of read.slice(0, -1)) {
    if (!position) continue;
    reader.seek(position as never);
    const again: Sample[] = [];
    for (let chunk = reader.read(); chunk; chunk = reader.read())
      again.push(...(chunk.filter(entry => 'outcome' in entry) as Sample[]));
    assert.equal(again, rest);
  }
  reader.close();
});

test('a position is saved and loaded while a stream between others is not declared', () => {
  const path = join(folder, 'hole.jsonl');
  const declared = (index: number) =>
    encodeRow({ type: 'stream', data: { index, target: `t${index}`, probe: 'icmp' } });
  const streams = [0, 1, 2].map(index => [`t${index}`, 'icmp', START * 1000, 7 + index]);
  const rows = `${declared(0)}damaged\n${declared(1)}${'[0,50000,500]\n'.repeat(30_000)}${JSON.stringify(['sync', ...streams])}\n`;
  writeFileSync(path, `${encodeHeader(HEADER)}${rows}`);
  const reader = RecordingReader.open(path);
  let loaded = 0;
  for (let chunk = reader.read(); chunk && loaded < 3; chunk = reader.read()) {
    const { position } = reader;
    if (!position) continue;
    reader.seek(JSON.parse(JSON.stringify(position)));
    loaded++;
  }
  assert.is(loaded, 3);
  reader.close();
});

test('lines of nothing but damage, and sync rows that lie, end in bounded time', () => {
  const path = join(folder, 'hostile.jsonl');
  const stream = encodeRow({ type: 'stream', data: { index: 0, target: 'a', probe: 'icmp' } });
  const sync = (at: number) => `["sync",["a","icmp",${at},7]]\n`;
  const hostile = [
    '\n'.repeat(200_000),
    '[0,1,1]\nx\n'.repeat(50_000),
    `x\n["stream",{"index":5,"target":"a","probe":"icmp"}]\n${sync(0)}`.repeat(3000),
    `x\n${'["stream",{"index":5,"target":"a","probe":"icmp"}]\n'.repeat(3000)}${sync(1)}`,
    `x\n[0,9007199254740991,1]\n${sync(-Number.MAX_SAFE_INTEGER)}[0,1,1]\n`.repeat(2000),
    '["sync"]\n["sync",7]\n["sync",["a","icmp",1e300,1]]\n["sync",["a","icmp",1,-9]]\n'.repeat(3000),
  ];
  for (const rows of hostile) {
    writeFileSync(path, `${encodeHeader(HEADER)}${stream}${rows}`);
    const begun = process.cpuUsage();
    const { ending, samples: read } = readAll(path);
    assert.is(ending.kind, 'damaged');
    for (const { at, seq } of read) assert.ok(Number.isFinite(at) && seq >= 0);
    const { user } = process.cpuUsage(begun);
    assert.ok(user < 20e6, `${user / 1e6} s for ${JSON.stringify(rows.slice(0, 60))}`);
  }
});

test('a sample that no recording holds is refused when it is written', () => {
  const encoder = new SampleEncoder();
  const base = { at: START, knownAt: START + 1, target: 'a', probe: 'icmp', seq: 0 };
  const refused: Sample[] = [
    { ...base, at: 999_999_999_999_150, outcome: { kind: 'reply', rttMs: 1 } },
    { ...base, knownAt: Number.NaN, outcome: { kind: 'reply', rttMs: 1 } },
    { ...base, seq: 0.5, outcome: { kind: 'reply', rttMs: 1 } },
    { ...base, outcome: { kind: 'reply', rttMs: Infinity } },
    { ...base, outcome: { kind: 'clock', offsetMs: 1e300, rttMs: 1, via: 'icmp' } },
    { ...base, outcome: { kind: 'unsent', reason: 'x'.repeat(5 << 20) } },
  ];
  for (const sample of refused)
    assert.throws(
      () => encoder.encode(sample),
      (error: unknown) => error instanceof RangeError,
      JSON.stringify(sample).slice(0, 100),
    );
  assert.match(encoder.encode({ ...base, outcome: { kind: 'reply', rttMs: 1 } }), /^\["stream",/);
});

test.run();
