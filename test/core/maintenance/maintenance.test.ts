import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { LightState, MigrationEvent } from '../../../src/core/event.js';
import type { Checklist, MaintenancePlan } from '../../../src/core/maintenance/checklist.js';
import { Maintenance } from '../../../src/core/maintenance/maintenance.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import type { Sample } from '../../../src/core/sample.js';
import type { Step } from '../../../src/core/step.js';
import { Recorder } from '../../../src/recording/recorder.js';
import { SessionEngine } from '../../../src/session/engine.js';
import { HEADER, HOLD, readAll, scratch } from '../../recording/session.js';
import { inOrder, START, scenario } from '../../support/scenario.js';
import { migrationOf } from '../../support/synthetic.js';

const CALM = '.'.repeat(80);
const MOVE = `xxxxxxxl${CALM}`;

const test = suite('maintenance');

/** Runs samples, telling `plan` before the first of them. */
function run(samples: readonly Sample[], plan?: MaintenancePlan) {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: HOLD });
  if (plan) pipeline.maintenance.expect(plan);
  const steps = samples.map(sample => pipeline.step(sample));
  const lights = steps.flatMap(step => step.lights) as LightState[];
  const events = steps.flatMap(step => step.events) as MigrationEvent[];
  return { lights, events, checklist: pipeline.maintenance.checklist(true) };
}

/** From turning red to turning green again. */
function redFor(lights: readonly LightState[]): number {
  const red = lights.findIndex(({ light }) => light === 'red');
  return lights.slice(red).find(({ light }) => light === 'green')!.at - lights[red]!.at;
}

test('what is expected is red with a word why while it is open, and green as soon as it is over', () => {
  const planned = run(scenario(CALM + MOVE), { targets: ['vm'] });
  const unplanned = run(scenario(CALM + MOVE));
  const red = planned.lights.find(({ light }) => light === 'red')!;
  assert.match(red.why, /^expected: a clean gap and a late first reply, as a live migration leaves/);
  // An event is over a second after the last bad echo; held, the light would stay for another 1.5 s from the gap's end.
  assert.ok(redFor(planned.lights) <= 1100, `red for ${redFor(planned.lights)} ms`);
  assert.ok(redFor(unplanned.lights) >= HOLD - 60, `held for ${redFor(unplanned.lights)} ms`);
  assert.is(planned.events.at(-1)!.expected, true);
  assert.not('expected' in unplanned.events.at(-1)!);
  assert.is(unplanned.checklist, undefined);
});

test('a second move is not expected, and neither is that of a neighbour', () => {
  const samples = inOrder(
    scenario(CALM + MOVE + MOVE, { target: 'a' }),
    scenario(CALM + CALM + MOVE, { target: 'b', seed: 9 }),
  );
  const { events, lights, checklist } = run(samples, { targets: ['a'] });
  const closed = events.filter(({ state }) => state === 'closed');
  assert.equal(
    closed.map(({ target, expected }) => [target, expected]),
    [
      ['a', true],
      ['b', false],
      ['a', false],
    ],
  );
  const reds = lights.filter(({ light }) => light === 'red');
  assert.equal(
    reds.map(({ target, why }) => [target, why.startsWith('expected: ')]),
    [
      ['a', true],
      ['b', false],
      ['a', false],
    ],
  );
  assert.equal(totals(checklist!), {
    expected: 1,
    moved: 1,
    moving: 0,
    twice: 1,
    unexpected: 1,
    unreported: 0,
    overBudget: 0,
  });
});

test('an outage of a target that is expected to move is not a move, and its light is the usual one', () => {
  const { checklist, events } = run(scenario(`${CALM}${'x'.repeat(260)}${CALM}`), { targets: ['vm'] });
  assert.is(events.at(-1)!.kind, 'outage');
  assert.is(events.at(-1)!.expected, false);
  assert.equal(
    checklist!.items.map(({ state }) => state),
    ['not moved'],
  );
});

function totals({ items, ...rest }: Checklist): object {
  return rest;
}

const told = (
  target: string,
  id: string,
  seconds: number,
  blackoutMs: number,
  state: 'open' | 'closed' = 'closed',
) => ({
  ...migrationOf(target),
  ...{ id, state, startedAt: START + seconds * 1000, stuntimeMs: blackoutMs + 20 },
  blackoutMs: { estimate: blackoutMs, low: blackoutMs - 5, high: blackoutMs + 5 },
});

test('the checklist shows the state of every target, the most urgent first', () => {
  const maintenance = new Maintenance();
  assert.equal(maintenance.note([told('a', 'e0', 0, 100)]), [told('a', 'e0', 0, 100)]);
  maintenance.expect({ targets: ['late', 'slow', 'a', 'b', 'twice', 'going'], budgetMs: 300 });
  maintenance.note([told('a', 'e1', 1, 300), told('twice', 'e2', 2, 100), told('stranger', 'e3', 3, 100)]);
  maintenance.note([told('twice', 'e4', 4, 301), told('slow', 'e5', 5, 300.5), told('b', 'e6', 6, 1)]);
  maintenance.note([told('going', 'e7', 7, 500, 'open')]);
  const list = maintenance.checklist()!;
  assert.equal(
    list.items.map(({ target, state }) => `${target}: ${state}`),
    [
      'stranger: unexpected',
      'twice: moved twice',
      'slow: moved',
      'going: moving',
      'late: waiting',
      'b: moved',
      'a: moved',
    ],
  );
  // 300 ms is within a budget of 300 ms; what is still going on is not over it yet.
  assert.equal(totals(list), {
    ...{ budgetMs: 300, expected: 6, moved: 4, moving: 1 },
    ...{ twice: 1, unexpected: 1, unreported: 0, overBudget: 2 },
  });
  const over = maintenance.checklist(true)!;
  assert.is(over.items.find(({ target }) => target === 'late')!.state, 'not moved');
});

test('what turned out to be no move leaves the mark for the next one', () => {
  const maintenance = new Maintenance();
  maintenance.expect({ targets: ['a'] });
  const [first] = maintenance.note([told('a', 'e1', 0, 100, 'open')]);
  const outage = { ...told('a', 'e1', 0, 100), kind: 'outage' as const, red: false };
  const [corrected] = maintenance.note([outage]);
  const [second] = maintenance.note([told('a', 'e2', 60, 100)]);
  assert.equal([first!.expected, corrected!.expected, second!.expected], [true, false, true]);
  assert.equal(
    maintenance.checklist()!.items.map(({ moves }) => moves.map(({ id }) => id)),
    [['e2']],
  );
});

test('a target that is marked again may move once more; without a mark it may not', () => {
  const maintenance = new Maintenance();
  const expect = (...targets: string[]) => maintenance.expect({ targets });
  const moves = (id: string) => maintenance.note([told('a', id, 0, 100)])[0]!.expected;
  expect('a');
  assert.is(moves('e1'), true);
  expect();
  expect('a');
  assert.is(moves('e2'), true);
  expect();
  assert.is(moves('e3'), false);
});

test('a list that claims a million targets, again and again, costs little', () => {
  const maintenance = new Maintenance();
  const targets = Array.from({ length: 1_000_000 }, (_, index) => `vm-${index}`);
  const began = performance.now();
  for (const each of [targets, targets.toReversed(), targets]) maintenance.expect({ targets: each });
  assert.is(maintenance.checklist()!.expected, 10_000);
  // It takes some 50 ms; comparing each with each would take minutes.
  assert.ok(performance.now() - began < 10_000);
});

/** A session in which keys are pressed at some samples, recorded from another on. */
function record(
  path: string,
  samples: readonly Sample[],
  plans: Record<number, MaintenancePlan>,
  from: number,
) {
  const session = new SessionEngine(defaultChoices(), HOLD);
  let now = START;
  const ports = { now: () => now, wall: () => now, header: () => HEADER, say: () => {} };
  let recorder: Recorder | undefined;
  const steps: Step[] = [];
  for (const [index, sample] of samples.entries()) {
    now = sample.knownAt;
    if (index === from)
      recorder = Recorder.open(path, {}, { ...ports, opening: () => session.opening(assert.unreachable) });
    if (plans[index]) {
      const row = { type: 'expect' as const, data: { at: now, ...plans[index] } };
      session.take(row);
      recorder?.add(row);
    }
    const step = session.take(sample)!;
    recorder?.take(step);
    steps.push(step);
  }
  for (const row of session.closing(now)) recorder!.add(row);
  recorder!.close();
  return { session, steps };
}

test('from the file come the very same steps and the same list, wherever it begins and whenever keys were pressed', () => {
  const folder = scratch();
  const samples = inOrder(
    scenario(CALM + MOVE + MOVE + MOVE, { target: 'a' }),
    scenario(CALM + CALM + MOVE, { target: 'b', seed: 9 }),
  );
  const gap = samples.findIndex(({ outcome }) => outcome.kind === 'overdue');
  const plans = {
    10: { targets: ['a'], budgetMs: 340 },
    [gap + 9]: { targets: ['b'] },
    [gap + 300]: { targets: ['a', 'b'] },
  };
  for (const from of [0, gap - 1, gap + 5, gap + 12, gap + 250]) {
    const path = join(folder, `${from}.jsonl`);
    const live = record(path, samples, plans, from);
    const again = new SessionEngine(defaultChoices(), HOLD);
    const { entries } = readAll(path);
    const steps = entries.flatMap(entry => again.take(entry) ?? []);
    assert.equal(steps, live.steps.slice(from), `begun at ${from}`);
    assert.equal(again.checklist(true), live.session.checklist(true));
    const report = entries.find(entry => 'type' in entry && entry.type === 'maintenance') as { data: object };
    assert.equal(report.data, { at: samples.at(-1)!.knownAt, ...live.session.checklist(true) });
    const kept = JSON.parse(JSON.stringify(again.save()));
    const restored = new SessionEngine(defaultChoices(), HOLD);
    restored.load(kept);
    assert.equal(restored.checklist(), again.checklist());
  }
});

test.run();
