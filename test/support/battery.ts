import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detector, DetectorPlugin } from '../../src/core/detector.js';
import { checkDetector, checkVerdict } from '../../src/core/detector-contract.js';
import type { Outcome, Sample } from '../../src/core/sample.js';
import { normal, type Random, seeded } from '../../src/core/statistics/random.js';
import { resolveOptions } from '../../src/core/validation/options.js';
import type { Verdict } from '../../src/core/verdict.js';

/** Registers the tests that every detector must pass, built in or a user's own. */
export function holdToContract(test: Test, plugin: DetectorPlugin): void {
  const make = () => plugin.create(resolveOptions(plugin.name, plugin.options));
  const run = (samples: readonly Sample[], detector = make()) =>
    samples.filter(sample => plugin.reads.includes(sample.outcome.kind)).map(see(detector));

  test(`${plugin.name}: has the shape of a detector`, () => assert.is(checkDetector(plugin), plugin));

  test(`${plugin.name}: gives the same verdicts for the same samples`, () =>
    assert.equal(run(turmoil(1)), run(turmoil(1))));

  test(`${plugin.name}: instances share no state`, () => {
    const alone = run(turmoil(1));
    const [one, other] = [make(), make()];
    const [noise, beside] = [turmoil(2), []] as [Sample[], Verdict[]];
    turmoil(1).forEach((sample, index) => {
      run([noise[index % noise.length]!], other);
      beside.push(...run([sample], one));
    });
    assert.equal(beside, alone);
  });

  test(`${plugin.name}: keeps to the form of a verdict, whatever comes in whatever order`, () => {
    for (let seed = 1; seed <= 5; seed++) for (const verdict of run(turmoil(seed))) checkVerdict(verdict);
  });

  test(`${plugin.name}: heeds every kind of outcome that it says it reads`, () => {
    const all = turmoil(1);
    const last = (samples: readonly Sample[]) => run(samples).map(({ score, state }) => [score, state]);
    const whole = JSON.stringify(last(all));
    for (const kind of plugin.reads)
      assert.is.not(
        JSON.stringify(last(all.filter(({ outcome }) => outcome.kind !== kind))),
        whole,
        `does not heed ${kind}`,
      );
  });

  test(`${plugin.name}: leaves samples as they are`, () => {
    const samples = turmoil(3);
    run(samples);
    assert.equal(samples, turmoil(3));
  });

  test(`${plugin.name}: refuses options that are out of range`, () => {
    for (const [name, { min, max }] of Object.entries(plugin.options)) {
      const give = (value: string) => () => resolveOptions(plugin.name, plugin.options, { [name]: value });
      const above = Number.isFinite(max) ? [String(max + 1)] : [];
      for (const wrong of ['x', 'NaN', String(min - 1), ...above])
        assert.throws(give(wrong), (error: unknown) => error instanceof RangeError, `${name}=${wrong}`);
    }
  });

  test(`${plugin.name}: works at either end of each option`, () => {
    for (const [name, spec] of Object.entries(plugin.options))
      for (const value of [spec.min, Number.isFinite(spec.max) ? spec.max : spec.default * 1000]) {
        const detector = plugin.create({ ...resolveOptions(plugin.name, plugin.options), [name]: value });
        for (const verdict of run(turmoil(4), detector)) checkVerdict(verdict);
      }
  });
}

function see(detector: Detector) {
  return (sample: Sample) => detector.observe(sample);
}

/** A life of a few thousand probes with everything in it, in stretches: quiet, bad, worse, and what can't be. */
export function turmoil(seed: number): Sample[] {
  const random = seeded(seed);
  const moods: ((seq: number) => Outcome[])[] = [
    () => [reply(random, 1)],
    () => (random() < 0.4 ? LOST : [reply(random, 1)]),
    () => LOST,
    () => [reply(random, 80)],
    () => [OVERDUE, reply(random, 400)],
    () => [WILD[Math.floor(random() * WILD.length)]!],
  ];
  const samples: Sample[] = [];
  for (let seq = 0; seq < 4000; ) {
    const mood = seq < 600 || random() < 0.5 ? moods[0]! : moods[Math.floor(random() * moods.length)]!;
    for (const end = seq + 1 + random() * 60; seq < end; seq++)
      for (const outcome of mood(seq)) samples.push(sampleOf(random() < 0.02 ? seq - 5 : seq, outcome));
  }
  return withWitnesses(samples, seeded(seed + 1000));
}

/** Lays a clock that is frozen now and then, announcements and nonsense of both between the echoes. */
function withWitnesses(samples: readonly Sample[], random: Random): Sample[] {
  let offsetMs = -500;
  return samples.flatMap(sample => {
    if (random() < 0.005) offsetMs -= 5 + 200 * random();
    const rttMs = Math.exp(0.5 * normal(random));
    const reading: Outcome = {
      kind: 'clock',
      offsetMs: offsetMs + rttMs * (random() - 0.5),
      rttMs,
      via: 'icmp',
    };
    const odd = random() < 0.01 ? [ODD[Math.floor(random() * ODD.length)]!] : [];
    const { seq } = sample;
    return [
      sample,
      sampleOf(seq, reading, 'clock'),
      ...odd.map(outcome => sampleOf(seq, outcome, outcome.kind)),
    ];
  });
}

const MAC = '52:54:00:12:34:56';
const ODD: Outcome[] = [
  ...[0, NaN, Infinity, 1e300].map(
    (wild): Outcome => ({ kind: 'clock', offsetMs: wild, rttMs: wild, via: 'tcp' }),
  ),
  { kind: 'announce', via: 'rarp', mac: MAC, gratuitous: true },
  { kind: 'announce', via: 'arp', mac: MAC, gratuitous: true },
  { kind: 'announce', via: 'arp', mac: MAC, gratuitous: false },
  { kind: 'announce', via: 'advertisement', mac: '\u001b[2J', gratuitous: false },
];

const OVERDUE: Outcome = { kind: 'overdue', waitedMs: 50 };
const LOST: Outcome[] = [OVERDUE, { kind: 'lost', reason: 'timeout' }];
const WILD: Outcome[] = [
  ...[0, -1, NaN, Infinity, 1e-9, 1e15].map((rttMs): Outcome => ({ kind: 'reply', rttMs })),
  { kind: 'reply', rttMs: 5000, late: true },
  { kind: 'overdue', waitedMs: NaN },
  { kind: 'lost', reason: 'unreachable', from: '\u001b[2J' },
  { kind: 'unsent', reason: '\u001b[31mEPERM' },
  { kind: 'duplicate', rttMs: 1 },
  { kind: 'foreign', from: '\u001b]0;x\u0007' },
];

function reply(random: Random, level: number): Outcome {
  return { kind: 'reply', rttMs: level * Math.exp(0.2 * normal(random)) };
}

function sampleOf(seq: number, outcome: Outcome, probe = 'icmp'): Sample {
  return { at: seq * 50, knownAt: seq * 50 + 50, target: 'vm', probe, seq, outcome };
}
