import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector, defaultChoices } from '../../detectors/index.js';
import type { Outcome } from '../../src/core/sample.js';
import { seeded } from '../../src/core/statistics/random.js';
import type { Step } from '../../src/core/step.js';
import { pairEvents } from '../../src/recording/event-list.js';
import { isSample } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';
import { inOrder, START, scenario } from '../support/scenario.js';
import { HOLD, readAll, record, scratch } from './session.js';

const folder = scratch();
const CALM = '.'.repeat(80);
const TRACK = `${CALM}xxxxxxx${CALM}pppppppp${CALM}xL.x.xx${CALM}uuu${CALM}${'s'.repeat(30)}${CALM}`;
const samples = inOrder(
  scenario(TRACK, { target: 'a' }),
  scenario(`${CALM}${TRACK}`, { target: 'b', seed: 9, startMs: START + 25 }),
);

function rejudged(path: string): { steps: Step[]; judging: SessionEngine } {
  const judging = new SessionEngine(defaultChoices(), HOLD);
  const steps = readAll(path).entries.flatMap(entry => judging.take(entry) ?? []);
  return { steps, judging };
}

const test = suite('golden: recorded and judged again');

test('the very same steps from the file as live', () => {
  const path = join(folder, 'whole.jsonl');
  const live = record(path, samples);
  assert.equal(rejudged(path).steps, live);
  assert.ok(live.flatMap(step => step.events).length > 8, 'there was something to see');
});

test('the very same steps from a recording that begins anywhere, in the middle of events too', () => {
  const bad = samples.findIndex(({ outcome }) => outcome.kind === 'overdue');
  for (const from of [1, 60, 700, bad - 1, bad, bad + 1, bad + 9, bad + 40, bad + 250, samples.length - 60]) {
    const path = join(folder, `from-${from}.jsonl`);
    const live = record(path, samples, from);
    const { steps, judging } = rejudged(path);
    assert.equal(judging.notices, []);
    assert.equal(steps, live.slice(from), `begun at sample ${from}`);
  }
});

test('a state saved at any place continues with the same steps, counts and lights', () => {
  const path = join(folder, 'kept.jsonl');
  const live = record(path, samples, 500);
  const { entries } = readAll(path);
  const whole = new SessionEngine(defaultChoices(), HOLD);
  const kept = entries.flatMap((entry, index) => {
    whole.take(entry);
    return index % 400 === 0 ? [{ index, state: JSON.parse(JSON.stringify(whole.save())) }] : [];
  });
  for (const { index, state } of kept) {
    const half = new SessionEngine(defaultChoices(), HOLD);
    half.load(state);
    const steps = entries.slice(index + 1).flatMap(entry => half.take(entry) ?? []);
    assert.equal(steps, steps.length ? live.slice(-steps.length) : []);
    assert.equal(half.tally.targetSummaries(), whole.tally.targetSummaries());
    assert.equal([...half.lights], [...whole.lights]);
  }
});

test('other detectors judge again from the start, and the events are shown next to the recorded ones', () => {
  const path = join(folder, 'other.jsonl');
  record(path, samples, 500);
  const { entries } = readAll(path);
  const judging = new SessionEngine([chooseDetector('threshold')], HOLD);
  const steps = entries.flatMap(entry => judging.take(entry) ?? []);
  assert.is(steps.length, entries.filter(isSample).length);
  assert.equal(
    steps[0]!.verdicts.map(({ detector }) => detector),
    ['threshold'],
  );
});

test('events pair where they overlap, one to one', () => {
  const event = (id: string, from: number, to: number, kind: 'pause' | 'outage' = 'pause', target = 'a') => ({
    id,
    state: 'closed' as const,
    target,
    kind,
    rule: 'queued-replies',
    red: false,
    startedAt: from,
    endedAt: to,
    detectedAt: to,
    confidence: 1,
    evidence: [],
  });
  const pairs = pairEvents(
    [event('e1', 0, 10), event('e2', 20, 30), event('e3', 40, 50)],
    [event('e1', 5, 12), event('e2', 20, 30, 'outage'), event('e3', 40, 50, 'pause', 'b')],
  );
  assert.equal(
    pairs.map(({ recorded, judged, agrees }) => [recorded?.id, judged?.id, agrees]),
    [
      ['e1', 'e1', true],
      ['e2', 'e2', false],
      ['e3', undefined, false],
      [undefined, 'e3', false],
    ],
  );
  assert.equal(
    pairEvents(undefined, [event('e1', 5, 12)]).map(({ agrees }) => agrees),
    [true],
    'where nothing was shown, nothing differs',
  );
});

test('what was learned by another release, or is damaged, costs a notice and nothing more', () => {
  const path = join(folder, 'damaged.jsonl');
  record(path, samples, 1500);
  const { entries } = readAll(path);
  const judging = new SessionEngine(defaultChoices(), HOLD);
  const steps = entries.flatMap(entry => {
    if ('type' in entry && entry.type === 'state')
      entry.data.saved = { ...(entry.data.saved as object), version: 7 };
    return judging.take(entry) ?? [];
  });
  assert.is(steps.length, samples.length - 1500);
  assert.is(judging.notices.length, 1);
  assert.match(judging.notices[0]!, /start to learn again/);
});

test('whatever numbers a recording claims, judging them ends', () => {
  const random = seeded(21);
  const odd = [0, 1, -1, 0.001, 1e-9, 255, 256, 65_536, 2 ** 31, 2 ** 52, 8.6e12, -8.6e12, 1e300];
  const any = () =>
    random() < 0.5 ? odd[Math.floor(random() * odd.length)]! : Math.floor(random() * 100_000);
  const time = () => Math.min(8.6e12, any());
  for (let round = 0; round < 30; round++) {
    const judging = new SessionEngine(defaultChoices(), HOLD);
    for (const sample of samples.slice(0, random() < 0.5 ? 0 : 600)) judging.take(sample);
    for (let count = 0; count < 300; count++) {
      const rttMs = Math.abs(any());
      const outcomes: Outcome[] = [
        { kind: 'reply', rttMs },
        { kind: 'reply', rttMs, late: true },
        { kind: 'overdue', waitedMs: rttMs },
        { kind: 'lost', reason: 'timeout' },
        { kind: 'unsent', reason: 'x' },
        { kind: 'clock', offsetMs: any() } as never,
      ];
      const outcome = outcomes[Math.floor(random() * outcomes.length)]!;
      const seq = Math.floor(Math.abs(time()));
      judging.take({
        at: time(),
        knownAt: time(),
        target: random() < 0.5 ? 'a' : 'b',
        probe: 'icmp',
        seq,
        outcome,
        lagMs: rttMs,
      });
    }
    JSON.stringify(judging.save());
  }
});

test.run();
