import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import { normal, type Random, seeded } from '../../src/core/statistics/random.js';
import type { Verdict } from '../../src/core/verdict.js';
import { scoreSeries } from '../calibration/series.js';

const test = suite('changepoint');

const START = Date.UTC(2026, 10, 21, 12);

/** The verdict on each round trip, one every `intervalMs`. */
function run(rtts: readonly number[], intervalMs: number, selection = 'changepoint'): Verdict[] {
  const { plugin, options } = chooseDetector(selection);
  const detector = plugin.create(options);
  return rtts.map((rttMs, seq) => {
    const at = START + seq * intervalMs;
    const outcome = { kind: 'reply', rttMs } as const;
    return detector.observe({ at, knownAt: at + rttMs, target: 'vm', probe: 'icmp', seq, outcome } as Sample);
  });
}

const alarms = (verdicts: readonly Verdict[]) => verdicts.filter(({ state }) => state === 'alarm');
const make = (count: number, next: () => number) => Array.from({ length: count }, next);

/** Queues above a base: an autoregressive process of order 1 in the exponent of a lognormal. */
function queues(random: Random, base: number, memory: number): () => number {
  let state = 0;
  return () => {
    state = memory * state + Math.sqrt(1 - memory ** 2) * normal(random);
    return base + 2 * Math.exp(0.8 * state);
  };
}

test('at 50 ms, a level has to last two and a half minutes; then it says from where to where, and since when', () => {
  const random = seeded(1);
  const [before, after] = [queues(random, 6.1, 0.5), queues(random, 12.2, 0.5)];
  const verdicts = run([...make(12_000, before), ...make(6000, after)], 50);
  const first = verdicts.findIndex(({ state }) => state === 'alarm');
  assert.ok(first >= 12_000 + 2900 && first <= 12_000 + 3700, `${first}`);
  assert.match(
    verdicts[first]!.why,
    /^RTT level moved from 8\.\d* ms to 14\.\d* ms at 12:(09:5[6-9]|10:0[0-4]) UTC$/,
  );
  assert.ok(Math.abs(alarms(verdicts).length - 20) <= 1, 'the alarm stands for a second');
});

test('at 4 min, five round trips are enough', () => {
  const random = seeded(2);
  const verdicts = run([...make(100, queues(random, 160, 0)), ...make(20, queues(random, 180, 0))], 240_000);
  assert.equal(
    verdicts.flatMap(({ state }, index) => (state === 'alarm' ? [index] : [])),
    [104],
  );
});

test('what passes is not reported: bursts of 40 s, long single ones, losses of no reply', () => {
  const random = seeded(3);
  const next = queues(random, 20, 0.9);
  const rtts = make(24_000, next).map((rtt, index) => {
    if (index % 6000 >= 5200) return rtt + 30;
    return random() < 0.02 ? rtt + 5 * random() ** (-1 / 1.2) : rtt;
  });
  assert.equal(alarms(run(rtts, 50)), []);
});

test('two hours of noise at 20 Hz, however skewed or autocorrelated up to seconds, raise no alarm', () => {
  for (const memory of [0, 0.5, 0.9, 0.99])
    assert.equal(alarms(run(make(144_000, queues(seeded(5), 20, memory)), 50)), [], `memory ${memory}`);
});

test('on labelled series that were made for this, at 4 min, F1 is above 0.6, with a delay below 10 samples', () => {
  const random = seeded(6);
  const rtts: number[] = [];
  const labels: number[] = [];
  let level = 150;
  while (rtts.length < 6000) {
    if (rtts.length > 0) labels.push(rtts.length);
    const wide = random() < 0.2 ? 10 : 0.15;
    rtts.push(...make(6 + Math.floor(250 * random() ** 2), () => level + wide * Math.exp(normal(random))));
    level = Math.max(20, level + (random() < 0.5 ? -1 : 1) * (1.5 + 15 * random()));
    if (random() < 0.3) rtts[rtts.length - 3] = NaN;
  }
  const { found, alarms: reported, delays } = scoreSeries([{ rtts, labels }], 'changepoint');
  const f1 = (2 * found) / (reported + labels.length);
  assert.ok(f1 > 0.6, `F1 ${f1.toFixed(2)}: ${found} of ${labels.length}, ${reported} reported`);
  assert.ok(delays.every(delay => delay <= 10));
});

test.run();
