import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RecordingError } from '../../src/recording/format.js';
import { isSample } from '../../src/recording/reader.js';
import { SampleEncoder } from '../../src/recording/sample-rows.js';
import { importRecording } from '../../src/sources/import/import-recording.js';
import { openLogs } from '../../src/sources/import/open-logs.js';
import { readAll, record, scratch } from '../recording/session.js';
import { FEWER, samples } from '../support/arbitrary.js';
import { scenario } from '../support/scenario.js';

const test = suite('properties of recordings and logs');
const folder = scratch();
const file = join(folder, 'any.jsonl');
record(file, scenario('...', { leadIn: 3 }));
const [header = ''] = readFileSync(file, 'utf8').split('\n');

test('samples of any kind in any order are read as they were written', () => {
  fc.assert(
    fc.property(samples, all => {
      const encoder = new SampleEncoder();
      writeFileSync(file, `${header}\n${all.map(sample => encoder.encode(sample)).join('')}`);
      assert.equal(readAll(file).samples, all);
    }),
  );
});

test('wherever a recording is cut, every whole line before the cut is read', () => {
  const whole = join(folder, 'whole.jsonl');
  record(whole, scenario(`${'.'.repeat(80)}xxxxxx${'.'.repeat(80)}`, { leadIn: 100 }));
  const bytes = readFileSync(whole);
  const { entries } = readAll(whole);
  const first = bytes.indexOf('\n') + 1;
  fc.assert(
    fc.property(fc.integer({ min: first, max: bytes.length }), cut => {
      writeFileSync(file, bytes);
      truncateSync(file, cut);
      const whole = bytes.subarray(first, cut).toString().split('\n').slice(0, -1);
      const lines = whole.filter(line => !line.startsWith('["sync"')).length;
      const read = readAll(file);
      assert.equal(read.entries, entries.slice(0, lines));
      assert.is(read.ending.kind, cut === bytes.length ? 'complete' : 'incomplete');
    }),
  );
});

test('rows of any JSON are read, or left out with the line reported', () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  const row = fc.oneof(
    fc.array(value),
    fc.tuple(fc.constant(0), fc.maxSafeInteger(), fc.maxSafeInteger()),
    fc.tuple(
      fc.constantFrom(
        'event',
        'light',
        'gap',
        'note',
        'target',
        'stream',
        'learned',
        'state',
        'sync',
        'expect',
        'maintenance',
        'end',
      ),
      value,
    ),
    fc.tuple(
      fc.nat(2),
      fc.integer(),
      fc.nat(),
      fc.constantFrom('reply', 'lost', 'clock'),
      fc.integer(),
      value,
    ),
  );
  fc.assert(
    fc.property(row, any => {
      writeFileSync(file, `${header}\n["stream",{"index":0,"target":"vm","probe":"icmp"}]\n`);
      appendFileSync(file, `${JSON.stringify(any)}\n`);
      const { ending, entries } = readAll(file);
      if (ending.kind === 'damaged') assert.equal([ending.line, ending.places, entries.length], [3, 1, 1]);
      else assert.is(entries.length, 2);
    }),
  );
});

test('a header of any JSON is read, or refused with its line', () => {
  const fields = Object.keys(JSON.parse(header));
  const change = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(change, changes => {
      writeFileSync(file, `${JSON.stringify({ ...JSON.parse(header), ...changes })}\n`);
      try {
        readAll(file);
      } catch (error) {
        assert.instance(error, RecordingError);
        assert.match((error as Error).message, /^line 1: /);
      }
    }),
  );
});

test('a log of any lines is refused in words, or imported so that it is read whole', () => {
  const imported = join(folder, 'imported.jsonl');
  // Every number that is left out becomes a sample, so that few lines leave out many.
  const next = fc.oneof({ weight: 15, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(70_000) });
  const line = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc
      .tuple(fc.nat(2e9), next, fc.nat(9999))
      .map(
        ([at, seq, rtt]) => `[${at}.5] 64 bytes from 10.0.0.7: icmp_seq=${seq} ttl=64 time=${rtt / 10} ms`,
      ),
    fc.tuple(fc.nat(2e9), next).map(([at, seq]) => `[${at}.5] no answer yet for icmp_seq=${seq}`),
    fc
      .tuple(fc.nat(2e9), fc.nat(999))
      .map(([at, seq]) => `[${at}.5] db : [${seq}], 64 bytes, 0.5 ms (0.5 avg, 0% loss)`),
    fc
      .tuple(
        fc.constantFrom(0, 9_007_199_253, 9_007_199_254, 999_999_999_999),
        fc.nat(9),
        fc.nat(999_999_999),
      )
      .map(([at, seq, rtt]) => `[${at}.15] 64 bytes from 10.0.0.7: icmp_seq=${seq} ttl=64 time=${rtt} ms`),
    fc.json(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), lines => {
      const log = join(folder, 'any.log');
      writeFileSync(log, lines.join('\n'));
      try {
        const { path } = importRecording(openLogs([log], { timeoutMs: 1000 }), () => imported, {
          ...{ timeoutMs: 1000, force: true, number: false },
        });
        const { ending, samples } = readAll(path);
        assert.equal(ending, { kind: 'complete' });
        assert.equal(samples, [...openLogs([log], { timeoutMs: 1000 }).entries].filter(isSample));
        for (const sample of samples) assert.ok(sample.knownAt >= sample.at);
      } catch (error) {
        assert.not.instance(error, TypeError);
        assert.match((error as Error).message, /any\.log/);
      }
    }),
    FEWER,
  );
});

test.run();
