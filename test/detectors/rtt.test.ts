import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import type { Verdict } from '../../src/core/verdict.js';
import { scenario } from '../support/scenario.js';

/** Verdicts on what a detector reads of the samples. */
function run(selection: string, samples: readonly Sample[]): Verdict[] {
  const { plugin, options } = chooseDetector(selection);
  const detector = plugin.create(options);
  return samples
    .filter(({ outcome }) => plugin.reads.includes(outcome.kind))
    .map(sample => detector.observe(sample));
}

const alarms = (verdicts: readonly Verdict[]) => verdicts.filter(({ state }) => state === 'alarm');

/** Replies with these RTTs, after a thousand quiet ones of about 1 ms. */
function after(...rtts: number[]): Sample[] {
  const quiet = scenario('', { leadIn: 1000 });
  const last = quiet.at(-1)!;
  return [
    ...quiet,
    ...rtts.map(
      (rttMs, index): Sample => ({ ...last, seq: last.seq + 1 + index, outcome: { kind: 'reply', rttMs } }),
    ),
  ];
}

const test = suite('detectors of round trips');

for (const name of ['threshold', 'z-score', 'cusum']) {
  test(`${name}: the first replies teach, and then it is calm`, () => {
    const states = run(name, scenario('', { leadIn: 2000 })).map(({ state }) => state);
    assert.equal(new Set(states.slice(0, 50)), new Set(['learning']));
    assert.equal(new Set(states.slice(50)), new Set(['calm']));
  });

  test(`${name}: neither one nor two long round trips raise an alarm`, () =>
    assert.is(alarms(run(name, after(1, 60_000, 1, 1, 60_000, 60_000, 1))).length, 0));

  test(`${name}: a sawtooth of queued requests alarms, in words`, () => {
    const verdicts = run(name, after(400, 350, 300, 250, 200, 150, 100, 50, 1, 1, 1, 1, 1, 1, 1, 1));
    const [first] = alarms(verdicts);
    assert.match(first!.why, /^RTT \d+ ms, /);
    assert.is(verdicts.at(-1)!.state, 'calm', 'and is over soon after');
  });

  test(`${name}: is calm on quiet paths of any level and rate`, () => {
    for (const rttMs of [0.02, 0.3, 5, 80, 3000])
      for (const intervalMs of [2, 50, 10_000])
        assert.is(alarms(run(name, scenario('', { rttMs, intervalMs, leadIn: 5000, seed: 11 }))).length, 0);
  });

  test(`${name}: a new level is alarmed about, then becomes usual`, () => {
    const verdicts = run(name, after(...Array.from({ length: 600 }, (_, index) => 30 + (index % 7))));
    const states = verdicts.slice(1000).map(({ state }) => state);
    assert.ok(states.slice(0, 12).includes('alarm'));
    assert.is(states.filter(state => state === 'alarm').length, 201, 'it stands for 200 replies and one');
    assert.is(states.at(-1), 'calm');
  });
}

test('threshold: a limit holds from the first reply on', () => {
  const quick = after(80, 80, 80).slice(1000);
  assert.equal(
    run('threshold:limit=50ms', quick).map(({ state, score }) => [state, score]),
    [
      ['calm', 0],
      ['calm', 0],
      ['alarm', 80],
    ],
  );
});

test('threshold: without one, five times the median', () => {
  const { threshold } = run('threshold', scenario('', { rttMs: 20, leadIn: 1000 })).at(-1)!;
  assert.ok(threshold > 95 && threshold < 105, `${threshold}`);
});

test('z-score: says how far out, and from what', () => {
  const [alarm] = alarms(run('z-score', after(48.2, 48.2, 48.2)));
  // Noise of σ = 0.15 in ln RTT around 1 ms: ln(48.4/1.2)/(0.15/1.2) = 29.6.
  assert.match(alarm!.why, /^RTT 48.2 ms, (28|29|30|31)σ above (0\.9\d*|1\.0\d*|1) ms, 3 in a row$/);
});

test("z-score: as Shewhart's chart it alarms as often as that should", () => {
  const verdicts = run('z-score:count=1,limit=3', scenario('', { rttMs: 50, leadIn: 200_000 }));
  const every = verdicts.length / alarms(verdicts).length;
  // 370.4 with known parameters; quartiles of 1,000 values are off by 2.6 %, which costs up to a fifth.
  assert.ok(every > 290 && every < 400, `every ${every.toFixed(0)}`);
});

test('cusum: a fall is found as well as a rise', () => {
  const [alarm] = alarms(
    run('cusum', [...scenario('', { rttMs: 40, leadIn: 1000 }), ...after(...Array(20).fill(2)).slice(1000)]),
  );
  assert.match(alarm!.why, /^RTT 2 ms, fallen from (39|40|41)/);
});

test.run();
