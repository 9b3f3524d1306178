import * as fc from 'fast-check';
import { type Millis, type Outcome, PLAYBACK_STATES, type Sample, toMicros } from '../../src/core/sample.js';

/** The same every time, so that a run says something about the change; MIGWATCH_SEED and MIGWATCH_RUNS look further. */
const { MIGWATCH_SEED = 20_261_121, MIGWATCH_RUNS = 200 } = process.env;
fc.configureGlobal({ seed: Number(MIGWATCH_SEED), numRuns: Number(MIGWATCH_RUNS) });
/** For properties of whole sessions. */
export const FEWER = { numRuns: Math.ceil(Number(MIGWATCH_RUNS) / 5) };

/** 2026-11-20 10:00:00 UTC. */
const START: Millis = Date.UTC(2026, 10, 20, 10);

const duration = fc.double({ min: 0, max: 100_000, noNaN: true }).map(toMicros);
const words = text(30);

/**
 * Any text of at most so many code points, and now and then a name that every object has. Its own arbitrary, because
 * fast-check's takes a second to be made.
 */
export function text(maxLength: number): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    fc.integer({ min: 0, max: 0x2ff }),
    fc.integer({ min: 0x300, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  );
  const any = fc.array(codePoint, { maxLength }).map(codes => String.fromCodePoint(...codes));
  const names = fc.constantFrom('__proto__', 'constructor', 'toString', 'valueOf', 'length');
  return fc.oneof({ weight: 19, arbitrary: any }, names);
}

function shape<Fields>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) {
  return fc.record(fields, { noNullPrototype: true });
}

/** Every kind of outcome that a probe may have, with every field that it may have. */
export const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('reply' as const),
      rttMs: duration,
      ttl: fc.integer({ min: 0, max: 255 }),
      late: fc.constant(true as const),
      stamp: fc.constantFrom('kernel' as const, 'kernel-rx' as const, 'user' as const),
    },
    { requiredKeys: ['kind', 'rttMs'], noNullPrototype: true },
  ),
  shape({ kind: fc.constant('overdue' as const), waitedMs: duration }),
  fc.record(
    {
      kind: fc.constant('lost' as const),
      reason: fc.constantFrom('timeout' as const, 'unreachable' as const),
      from: words,
    },
    { requiredKeys: ['kind', 'reason'], noNullPrototype: true },
  ),
  shape({ kind: fc.constant('unsent' as const), reason: words }),
  shape({ kind: fc.constant('duplicate' as const), rttMs: duration }),
  shape({ kind: fc.constant('foreign' as const), from: words }),
  fc.record(
    {
      kind: fc.constant('clock' as const),
      offsetMs: fc.double({ min: -1e12, max: 1e12, noNaN: true }).map(toMicros),
      rttMs: duration,
      via: fc.constantFrom('icmp' as const, 'tcp' as const, 'ntp' as const, 'http' as const),
      errorMs: duration,
    },
    { requiredKeys: ['kind', 'offsetMs', 'rttMs', 'via'], noNullPrototype: true },
  ),
  shape({
    kind: fc.constant('announce' as const),
    via: fc.constantFrom('arp' as const, 'rarp' as const, 'advertisement' as const),
    mac: words,
    gratuitous: fc.boolean(),
  }),
);

/** What a viewer sees, sane or not: its totals may fall. */
const playback: fc.Arbitrary<Outcome> = fc.record(
  {
    kind: fc.constant('playback' as const),
    state: fc.constantFrom(...PLAYBACK_STATES),
    bufferMs: duration,
    lowestMs: duration,
    stalls: fc.integer({ min: 0, max: 1000 }),
    stalledMs: duration,
    trouble: words,
  },
  {
    requiredKeys: ['kind', 'state', 'bufferMs', 'lowestMs', 'stalls', 'stalledMs'],
    noNullPrototype: true,
  },
);

/** Samples of a few targets in any order, within ten minutes. */
export const samples = samplesWith(fc.oneof({ weight: 8, arbitrary: outcome }, playback));
/** Without viewers, who live in the main thread. */
export const probed = samplesWith(outcome);

function samplesWith(outcomes: fc.Arbitrary<Outcome>): fc.Arbitrary<Sample[]> {
  const sample = fc
    .record(
      {
        at: fc.integer({ min: 0, max: 600_000_000 }),
        waited: fc.integer({ min: 0, max: 10_000_000 }),
        target: fc.constantFrom('vm', 'db', '__proto__'),
        probe: fc.constantFrom('icmp', 'clock', 'announce'),
        seq: fc.integer({ min: 0, max: 100_000 }),
        outcome: outcomes,
        lagMs: duration,
      },
      { requiredKeys: ['at', 'waited', 'target', 'probe', 'seq', 'outcome'] },
    )
    .map(({ at, waited, ...rest }) => ({
      ...rest,
      at: START + at / 1000,
      knownAt: (START * 1000 + at + waited) / 1000,
    }));
  return fc.array(sample, { maxLength: 400 });
}
