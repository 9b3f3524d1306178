import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { normal, seeded } from '../../../src/core/statistics/random.js';
import { TargetGatherer } from '../../../src/output/share/gather.js';
import {
  ByteReader,
  ByteWriter,
  codeOfRtt,
  LOST,
  readTarget,
  rttOfCode,
  writeTarget,
} from '../../../src/page/codec.js';
import type { TargetSeries } from '../../../src/page/model.js';

const START = 1_795_220_664_000;
const test = suite('samples of a shared page');

test('a round trip keeps three digits, and its microseconds below a millisecond', () => {
  for (const [rttMs, kept] of [
    ...[
      [0, 0],
      [0.031, 0.031],
      [0.999, 0.999],
      [1, 1],
      [1.2342, 1.23],
      [12.35, 12.4],
      [999.6, 1000],
      [59_949, 59_900],
    ],
  ] as [number, number][]) {
    assert.equal(rttOfCode(codeOfRtt(rttMs, false)), { rttMs: kept, late: false }, `${rttMs} ms`);
    assert.equal(rttOfCode(codeOfRtt(rttMs, true)), { rttMs: kept, late: true }, `${rttMs} ms, late`);
  }
  assert.is(rttOfCode(LOST), undefined);
});

test('any series reads back, times to a tenth of a millisecond', () => {
  const times = fc
    .array(fc.integer({ min: 0, max: 1e11 }), { maxLength: 40 })
    .map(list => list.sort((a, b) => a - b));
  const series = (max: number, min = 0) =>
    times.chain(at =>
      fc.array(fc.integer({ min, max }), { minLength: at.length, maxLength: at.length }).map(value => ({
        at: Float64Array.from(at, ticks => ticks / 10),
        value: Int32Array.from(value),
      })),
    );
  fc.assert(
    fc.property(
      series(LOST),
      series(2 ** 30, -(2 ** 30)),
      series(2),
      series(255),
      (echo, clock, frames, levels) => {
        const target: TargetSeries = {
          ...{ echo, clock, frames, viewer: clock },
          levels: { at: levels.at, columns: [Uint8Array.from(levels.value), Uint8Array.from(levels.value)] },
        };
        const out = new ByteWriter();
        writeTarget(out, target);
        assert.equal(readTarget(new ByteReader(out.done())), target);
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});

test('bytes that are cut short are refused, not read for ever', () => {
  const out = new ByteWriter();
  out.varint(2 ** 40);
  assert.throws(() => readTarget(new ByteReader(out.done())), /cut short/);
});

test('an hour of ten targets at 20 Hz fits in 3 MB', () => {
  // A tenth of the hour: one target, with a clock that is read as often.
  const random = seeded(1);
  const gatherer = new TargetGatherer(0);
  const base = { target: 'vm', probe: 'icmp', seq: 0 };
  for (let slot = 0; slot < 72_000; slot++) {
    const at = START + slot * 50 + random() * 0.08;
    const rttMs = Math.exp(0.3 * normal(random));
    gatherer.sample({ ...base, at, knownAt: at + rttMs, outcome: { kind: 'reply', rttMs } });
    const offsetMs = 0.5 * normal(random);
    const outcome = { kind: 'clock', offsetMs, rttMs, via: 'icmp' } as const;
    if (slot % 2 === 0) gatherer.sample({ ...base, at: at + 25, knownAt: at + 26, outcome });
  }
  const out = new ByteWriter();
  writeTarget(out, gatherer.series(START));
  const packed = deflateSync(out.done(), { level: 9 }).toString('base64').length;
  const frame = 200_000;
  assert.ok(10 * packed + frame < 3e6, `${10 * packed} bytes of samples`);
});

test.run();
