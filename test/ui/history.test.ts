import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Millis, Outcome } from '../../src/core/sample.js';
import { seeded } from '../../src/core/statistics/random.js';
import type { Step } from '../../src/core/step.js';
import type { NamedVerdict, Verdict } from '../../src/core/verdict.js';
import { History } from '../../src/ui/history/history.js';
import { LIMIT, levelOf, ratioOf } from '../../src/ui/history/level.js';
import { covered, type ProbeCounts, rangeOfProbes, rangeOfSlots } from '../../src/ui/history/range.js';
import { ProbeStatus, SampleRing } from '../../src/ui/history/ring.js';
import { START } from '../support/synthetic.js';

const test = suite('history');

interface Probe {
  at: Millis;
  rttMs: Millis | undefined;
}

function stepOf({ at, rttMs }: Probe, seq: number, verdicts: readonly NamedVerdict[] = []): Step {
  const outcome: Outcome =
    rttMs === undefined ? { kind: 'lost', reason: 'timeout' } : { kind: 'reply', rttMs };
  const knownAt = at + (rttMs ?? 1000);
  return {
    sample: { at, knownAt, target: 'a', probe: 'icmp', seq, outcome },
    verdicts,
    lights: [],
    events: [],
  };
}

/** Random probes, every 7th lost, of RTTs between 1 µs and 10 s. */
function probesOver(lengthMs: Millis, count: number): Probe[] {
  const random = seeded(7);
  return Array.from({ length: count }, (_, index) => ({
    at: START + ((index + random()) * lengthMs) / count,
    rttMs: random() < 1 / 7 ? undefined : Math.fround(0.001 * 10 ** (7 * random())),
  }));
}

function historyOf(probes: readonly Probe[], targets = 1): History {
  const history = new History(targets);
  for (const [seq, probe] of probes.entries()) history.take(stepOf(probe, seq));
  return history;
}

/** Counted from the probes themselves. */
function bruteForce(probes: readonly Probe[], from: Millis, to: Millis): ProbeCounts {
  const inside = probes.filter(({ at }) => at >= from && at < to);
  const rtts = inside.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]));
  return {
    sent: inside.length,
    lost: inside.length - rtts.length,
    minMs: rtts.length > 0 ? Math.min(...rtts) : NaN,
    maxMs: rtts.length > 0 ? Math.max(...rtts) : NaN,
  };
}

test('a ring that grows holds the same probes as a list, whatever order and gaps they come in', () => {
  const random = seeded(11);
  for (let round = 0; round < 40; round++) {
    const capacity = 256 + Math.floor(random() * 800);
    const ring = new SampleRing(capacity);
    const stored = new Map<number, Probe>();
    let newest = Math.floor(random() * 1e6);
    for (let step = 0; step < 600; step++) {
      // Losses are known late, and a gap now and then leaves numbers out.
      const back = random() < 0.2 ? Math.floor(random() * 100) : -1;
      const seq = Math.max(0, back < 0 ? newest + (random() < 0.02 ? 90 : 1) : newest - back);
      newest = Math.max(newest, seq);
      const probe = { at: START + seq * 10, rttMs: back < 0 ? Math.fround(random()) : undefined };
      stored.set(seq, probe);
      ring.put(stepOf(probe, seq).sample);
    }
    const expected = [...stored]
      .filter(([seq]) => seq > newest - capacity)
      .sort(([a], [b]) => b - a)
      .map(([, { at, rttMs }]) => [at, rttMs ?? 0]);
    const seen: number[][] = [];
    ring.since(-Infinity, (at, _, rttMs) => seen.push([at, rttMs]));
    assert.equal(seen, expected);
  }
});

test('every tier equals a count of the probes themselves', () => {
  const day = 86_400_000;
  for (const [length, step] of [
    [500_000, 100],
    [3_500_000, 1000],
    [0.9 * day, 10_000],
    [3 * day, 60_000],
  ] as const) {
    const probes = probesOver(length, 5000);
    const slots = historyOf(probes).slotsFor(START + step, step);
    assert.is(slots.slotMs, step);
    const past = rangeOfSlots(slots);
    for (const [first, count] of [
      [0.1, 40],
      [0.37, 1],
      [0.9, 7],
    ] as const) {
      const from = Math.ceil((START + first * length) / step) * step;
      const to = from + count * step * 5;
      assert.equal(past.counts(from, to), bruteForce(probes, from, to), `${step} ms`);
      const { min, max, status } = past.buckets(from, to, count);
      for (let bucket = 0; bucket < count; bucket++) {
        const own = bruteForce(probes, from + bucket * step * 5, from + (bucket + 1) * step * 5);
        assert.equal([min[bucket], max[bucket]], [own.minMs, own.maxMs]);
        assert.is(
          status[bucket],
          own.lost > 0 ? ProbeStatus.lost : own.sent > 0 ? ProbeStatus.reply : ProbeStatus.none,
        );
      }
    }
  }
});

test('single probes give exact counts, every RTT and the jitter', () => {
  const ring = new SampleRing(64);
  const rtts = [1, 2, undefined, 5, 9, 9];
  for (const [seq, rttMs] of rtts.entries()) ring.put(stepOf({ at: START + seq * 50, rttMs }, seq).sample);
  const counts = rangeOfProbes(ring).counts(START, START + 1000);
  assert.equal([counts.sent, counts.lost, counts.minMs, counts.maxMs], [6, 1, 1, 9]);
  assert.equal(counts.rtts, [9, 9, 5, 2, 1]);
  // |2-1|, |9-5| and |9-9|; 2 and 5 are no neighbours.
  assert.is(counts.jitterMs, 5 / 3);
});

test('an hour ago is kept by the second, yesterday by ten seconds, and older time is empty', () => {
  const probes = probesOver(2 * 86_400_000, 20_000);
  const history = historyOf(probes);
  const end = probes.at(-1)!.at;
  assert.is(history.slotsFor(end - 500_000, 20).slotMs, 100);
  assert.is(history.slotsFor(end - 3_000_000, 20).slotMs, 1000);
  assert.is(history.slotsFor(end - 80_000_000, 20).slotMs, 10_000);
  assert.is(history.slotsFor(START, 20).slotMs, 60_000);
  assert.is(history.slotsFor(end - 500_000, 15_000).slotMs, 10_000, 'as coarse as a dot can show');
  const far = rangeOfSlots(history.slotsFor(START - 9e9, 20)).counts(START - 9e9, START - 8e9);
  assert.equal(far, { sent: 0, lost: 0, minMs: NaN, maxMs: NaN });
});

test('memory is shared among many targets, and each still reaches back', () => {
  const slots = (targets: number) => {
    const history = new History(targets);
    history.take(stepOf({ at: START, rttMs: 1 }, 0));
    return [10, 1000, 10_000, 60_000].map(dot => history.slotsFor(START, dot).capacity);
  };
  assert.equal(slots(10), [6000, 3600, 8640, 20_160]);
  const total = slots(500).reduce((sum, each) => sum + each, 0);
  assert.ok(total * 500 <= 4_000_000, `${total * 500} slots`);
  assert.ok(slots(500)[2]! * 10 > 4.9 * 3600, 'five hours');
});

test('a late reply stays a loss, an overdue probe waits, and another probe of the target does not mix in', () => {
  const history = new History(1);
  const take = (seq: number, outcome: Outcome, probe = 'icmp') =>
    history.take({
      ...{ verdicts: [], lights: [], events: [] },
      sample: { at: START + seq, knownAt: START + 1000 + seq, target: 'a', probe, seq, outcome },
    });
  take(1, { kind: 'overdue', waitedMs: 60 });
  take(1, { kind: 'lost', reason: 'timeout' });
  take(1, { kind: 'reply', rttMs: 1500, late: true });
  take(2, { kind: 'reply', rttMs: 3 });
  take(2, { kind: 'reply', rttMs: 900 }, 'tcp');
  const counts = rangeOfSlots(history.slotsFor(START, 1)).counts(START, START + 10);
  assert.equal(counts, { sent: 2, lost: 1, minMs: 3, maxMs: 3 });
});

test('a slot wider than a dot fills those whose middle it covers, a narrow one the dot it begins in', () => {
  const dots = { from: 0, to: 100, count: 10 };
  assert.equal(covered(20, 30, dots), [2, 4]);
  assert.equal(covered(24, 20, dots), [2, 3]);
  assert.equal(covered(26, 2, dots), [2, 2]);
  assert.equal(covered(29, 1, dots), [2, 2]);
  assert.equal(covered(-20, 200, dots), [0, 9]);
});

test('a level puts any statistic on one scale: the limit in the middle, alarms above it and calm below', () => {
  const verdict = (score: number, threshold: number, state: Verdict['state']) =>
    levelOf({ state, score, threshold, why: '' });
  assert.is(verdict(0, 8, 'learning'), 0);
  assert.is(verdict(0, 8, 'calm'), 1);
  assert.is(verdict(-3, 8, 'calm'), 1);
  assert.is(verdict(8, 8, 'calm'), LIMIT);
  assert.is(verdict(8.0001, 8, 'alarm'), LIMIT + 1);
  assert.is(verdict(Infinity, 8, 'alarm'), 255);
  // A detector whose limit is zero either alarms or does not.
  assert.is(verdict(1, 0, 'alarm'), 255);
  assert.is(verdict(0, 0, 'calm'), 1);
  for (const times of [0.1, 0.5, 2, 3, 10])
    assert.ok(
      Math.abs(ratioOf(verdict(times * 8, 8, times > 1 ? 'alarm' : 'calm')) / times - 1) < 0.06,
      `${times}`,
    );
});

test('the highest level of a moment is kept by detector, at the time of the verdict', () => {
  const history = new History(1);
  const verdicts = (score: number): NamedVerdict[] => [
    { detector: 'quiet', verdict: { state: 'calm', score: 0, threshold: 1, why: '' } },
    {
      detector: 'loud',
      verdict: { state: score > 4 ? 'alarm' : 'calm', score, threshold: 4, why: '' },
    },
  ];
  for (const [seq, score] of [1, 12, 2].entries())
    history.take(stepOf({ at: START + seq, rttMs: undefined }, seq, verdicts(score)));
  const slots = history.slotsFor(START, 1000);
  const levels: number[][] = [];
  slots.between(START, START + 2000, (page, slot) =>
    levels.push([0, 1].map(index => page.levelIn(slot, index))),
  );
  assert.equal(levels, [
    [0, 0],
    [1, 1 + Math.round(254 * 0.75)],
  ]);
});

test.run();
