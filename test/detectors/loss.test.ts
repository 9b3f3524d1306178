import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import { seeded } from '../../src/core/statistics/random.js';
import type { Verdict } from '../../src/core/verdict.js';
import { MINUTE, scenario } from '../support/scenario.js';

interface Seen extends Verdict {
  sample: Sample;
}

function run(samples: readonly Sample[]): Seen[] {
  const { plugin, options } = chooseDetector('loss');
  const detector = plugin.create(options);
  return samples
    .filter(({ outcome }) => plugin.reads.includes(outcome.kind))
    .map(sample => ({ sample, ...detector.observe(sample) }));
}

const alarms = (seen: readonly Seen[]) => seen.filter(({ state }) => state === 'alarm');
const CALM = '.'.repeat(60);

const test = suite('loss');

test('three in a row alarm at the third overdue reply, without waiting for the timeout', () => {
  const [alarm] = alarms(run(scenario(`xxx${CALM}`, { leadIn: MINUTE })));
  assert.is(alarm!.sample.outcome.kind, 'overdue');
  assert.is(alarm!.sample.seq, 1202);
  assert.is(alarm!.why, '3 probes without an answer, usually 0.046 %');
});

test('two do on a path that has lost nothing for long, and else not', () => {
  assert.is(alarms(run(scenario(`xx${CALM}`, { leadIn: MINUTE }))).length, 0);
  assert.ok(alarms(run(scenario(`xx${CALM}`, { leadIn: 12_000 }))).length > 0);
});

test('a path that usually loses takes more', () => {
  const random = seeded(9);
  const usual = Array.from({ length: 6000 }, () => (random() < 0.02 ? 'x' : '.')).join('');
  const seen = run(scenario(`${usual}${CALM}xxxxxxx`, { leadIn: MINUTE }));
  const first = alarms(seen)[0]!.sample.seq - 1200 - usual.length - CALM.length + 1;
  assert.ok(first === 6 || first === 5, `alarms at the ${first}th`);
});

test('an overdue reply that is lost then is counted once', () => {
  const late = run(scenario(`xx${CALM}`, { leadIn: MINUTE }));
  const early = run(
    scenario(`xx${CALM}`, { leadIn: MINUTE }).filter(({ outcome }) => outcome.kind !== 'overdue'),
  );
  const peak = (seen: readonly Seen[]) => Math.max(...seen.map(({ score }) => score));
  // 1,200 replies have faded to 1,165, so p0 = 1/2165 and two losses weigh 2·ln(0.5·2165).
  assert.ok(Math.abs(peak(late) - 13.97) < 0.01, `${peak(late)}`);
  // Known a timeout later, there is a reply in between, and the first loss has doubled p0: 6.99 − 0.69 + 6.30.
  assert.ok(Math.abs(peak(early) - 12.6) < 0.02, `${peak(early)}`);
});

test('a pause loses nothing: its replies take back what was counted', () => {
  const seen = run(scenario(`pppppppp${CALM}`, { leadIn: MINUTE }));
  assert.ok(alarms(seen).length > 0, 'it alarms while nobody can know');
  const back = seen.find(({ sample }) => sample.seq === 1208)!;
  assert.is(back.state, 'calm');
  const again = run(scenario(`pppppppp...xx${CALM}`, { leadIn: MINUTE }));
  assert.is(alarms(again.filter(({ sample }) => sample.seq >= 1208)).length, 0, 'nothing is left of it');
});

test('replies after the timeout take theirs back too', () => {
  const seen = run(scenario(`${'p'.repeat(30)}${CALM}`, { leadIn: MINUTE }));
  assert.is(seen.at(-1)!.state, 'calm');
  assert.is(alarms(seen.filter(({ sample }) => sample.seq >= 1233)).length, 0);
});

test('the alarm stands through an outage and ends with the third answer', () => {
  const seen = run(scenario(`${'x'.repeat(400)}${CALM}`, { leadIn: MINUTE }));
  const [first, last] = [alarms(seen)[0]!, alarms(seen).at(-1)!];
  const between = seen.slice(seen.indexOf(first), seen.indexOf(last));
  assert.ok(between.every(({ state }) => state === 'alarm'));
  assert.is(seen.find(({ sample, state }) => sample.seq >= 1600 && state === 'calm')!.sample.seq, 1602);
});

test('an outage teaches no more than one loss does', () => {
  const seen = run(scenario(`${'x'.repeat(1000)}${'.'.repeat(400)}xxx${CALM}`, { leadIn: MINUTE }));
  const [again] = alarms(seen.filter(({ sample }) => sample.seq > 1200 + 1000 + 100));
  assert.is(again!.sample.seq, 1200 + 1000 + 400 + 2);
});

test('a target that never answered makes no event', () => {
  const seen = run(scenario('x'.repeat(100), { leadIn: 0 }));
  assert.equal(new Set(seen.map(({ state }) => state)), new Set(['learning']));
});

test('an hour that loses one in a hundred at random raises no alarm', () => {
  const random = seeded(4);
  const hour = Array.from({ length: 72_000 }, () => (random() < 0.01 ? 'x' : '.')).join('');
  assert.is(alarms(run(scenario(hour))).length, 0);
});

test.run();
