import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { MigrationEvent } from '../../src/core/event.js';
import type { Millis, Sample } from '../../src/core/sample.js';
import type { SessionInfo, TargetInfo } from '../../src/core/session-info.js';
import { StateError } from '../../src/core/validation/saved-state.js';
import { RecordSwitch } from '../../src/recording/record-switch.js';
import { SessionEngine } from '../../src/session/engine.js';
import type { SessionSink } from '../../src/session/sink.js';
import { SessionState } from '../../src/ui/model/state.js';
import { readAll, scratch } from '../recording/session.js';
import { MINUTE, START, scenario } from '../support/scenario.js';

const folder = scratch();
const HOLD: Millis = 1500;

const infoOf = (target: string, name = target): TargetInfo => ({
  ...{ target, name, address: '192.0.2.1', backend: 'b' },
  ...{ witnesses: ['echo'], simulated: false },
});

const SESSION: SessionInfo = {
  ...{ version: '0.1.0', startedAt: START, intervalMs: 50, timeoutMs: 1000 },
  ...{ packetsPerSecond: 20, targets: [infoOf('a')], notices: [] },
};

/** A gap that is still open at the end of the samples. */
const gap = scenario(`${'.'.repeat(300)}${'x'.repeat(20)}`, { target: 'a', leadIn: MINUTE });
const end = START + 60_000;

function begun(targets: readonly string[] = ['a']): SessionEngine {
  const engine = new SessionEngine(defaultChoices(), HOLD);
  engine.begin(targets.map(target => infoOf(target)));
  return engine;
}

function run(engine: SessionEngine, samples: readonly Sample[]): void {
  for (const sample of samples) engine.take(sample);
}

/** A sink that writes down each call as one line. */
function noting(lines: string[], name = ''): SessionSink {
  const ids = (events: readonly MigrationEvent[]) => events.map(({ id, state }) => `${id} ${state}`);
  return {
    take: ({ sample }) => lines.push(`${name}take ${sample.seq}`),
    target: ({ action, info }, closed) => lines.push(`${name}${action} ${info.name} [${ids(closed)}]`),
    reset: ({ target }) => lines.push(`${name}reset ${target ?? 'all'}`),
    expect: ({ targets }) => lines.push(`${name}expect ${targets}`),
    note: ({ text }) => lines.push(`${name}note ${text}`),
    jump: ({ lights, events }) => lines.push(`${name}jump ${lights.length} [${ids(events)}]`),
    notice: text => lines.push(`${name}notice ${text}`),
  };
}

const test = suite('session engine');

test('counts each sample once, for itself and for a screen that draws from it', () => {
  const engine = begun();
  const state = new SessionState({ targets: 1, intervalMs: 50, tally: engine.tally });
  engine.attach(state);
  run(engine, gap);
  const lost = gap.filter(({ outcome }) => outcome.kind === 'lost').length;
  const received = gap.filter(({ outcome }) => outcome.kind === 'reply').length;
  const [summary] = engine.tally.targetSummaries();
  assert.equal([summary!.received, summary!.lost], [received, lost]);
  assert.equal([state.tally.of('a').received, state.tally.of('a').lost], [received, lost]);
  assert.equal(
    state.events.newestFirst().map(({ event }) => event.id),
    [...engine.open.keys()],
  );
});

test('passes each change to every sink once, in the order in which they were attached', () => {
  const lines: string[] = [];
  const engine = begun();
  engine.attach(noting(lines, '1 '));
  engine.attach({});
  engine.attach(noting(lines, '2 '));
  engine.take(gap[0]!);
  engine.reset({ at: end, target: 'a' });
  engine.expect({ at: end, targets: ['a'] });
  engine.note({ at: end, text: 'moved by hand' });
  engine.change({ at: end, action: 'changed', info: infoOf('a', 'web') });
  const calls = ['take 0', 'reset a', 'expect a', 'note moved by hand', 'changed web []'];
  assert.equal(
    lines,
    calls.flatMap(call => [`1 ${call}`, `2 ${call}`]),
  );
});

test('applies rows of a recording as it applies the calls of a live session', () => {
  const lines: string[] = [];
  const engine = begun();
  engine.attach(noting(lines));
  engine.take({ type: 'target', data: { at: end, info: infoOf('b') } });
  engine.take({ type: 'target', data: { at: end, info: infoOf('b', 'web') } });
  engine.take({ type: 'reset', data: { at: end } });
  engine.take({ type: 'expect', data: { at: end, targets: ['b'] } });
  engine.take({ type: 'note', data: { at: end, text: 'rack 2' } });
  engine.take({ type: 'removed', data: { at: end, target: 'b' } });
  engine.take({ type: 'removed', data: { at: end, target: 'never added' } });
  engine.take({ type: 'gap', data: { at: end, until: end, reason: 'asleep' } });
  engine.take({ type: 'unknown', data: ['of a later release'] });
  assert.equal(lines, [
    ...['added b []', 'changed web []', 'reset all', 'expect b', 'note rack 2', 'removed web []'],
  ]);
  assert.equal(engine.expectedMoves!.targets, ['b']);
});

test('a removal closes what is open, drops the state, and reaches each sink in the same call', () => {
  const lines: string[] = [];
  const engine = begun(['a', 'b']);
  run(engine, gap);
  const [id] = [...engine.open.keys()];
  assert.ok(id);
  engine.attach(noting(lines));
  engine.change({ at: end, action: 'removed', info: infoOf('a') });
  assert.equal(lines, [`removed a [${id} closed]`]);
  assert.equal([engine.open.size, engine.lights.has('a')], [0, false]);
  assert.is(JSON.stringify(engine.save()).includes('"target":"a"'), true, 'its summary stays');
  assert.equal(
    engine.tally.targetSummaries().map(({ target, removed }) => [target, removed]),
    [
      ['b', undefined],
      ['a', true],
    ],
  );
  // A screen may draw a row of it for one frame more.
  assert.is(engine.tally.of('a').received, 0);
  assert.is(engine.tally.targetSummaries().length, 2);
  run(engine, gap);
  assert.is(engine.open.size, 1, 'a target that comes back is judged from the beginning');
});

test('a jump replaces state and targets, and keeps the tally that screens hold', () => {
  const lines: string[] = [];
  const saved = begun();
  run(saved, gap);
  const engine = begun(['a', 'b']);
  const { tally } = engine;
  engine.attach(noting(lines));
  engine.jump({ state: saved.save(), events: [], targets: [infoOf('a'), infoOf('c')] });
  assert.is(engine.tally, tally);
  assert.equal(tally.of('a').summary(), saved.tally.of('a').summary());
  assert.equal(
    tally.targetSummaries().map(({ target }) => target),
    ['a', 'c'],
  );
  assert.equal(lines, [`jump 1 [${[...saved.open.keys()][0]} open]`]);
  engine.take({ type: 'target', data: { at: end, info: infoOf('b') } });
  assert.is(lines.at(-1), 'added b []', 'it was not there at this place');
});

test('state that does not fit is refused as a whole', () => {
  const other = begun();
  run(other, gap);
  for (const part of ['session', 'tally', 'targets']) {
    const engine = begun(['b']);
    const before = engine.save();
    const bad = { ...(other.save() as object), [part]: { version: 99 } };
    assert.throws(
      () => engine.load(bad as never),
      (error: Error) => error instanceof StateError,
    );
    assert.equal(engine.save(), before, part);
  }
});

test('a notice about detectors that start again reaches the sinks once', () => {
  const lines: string[] = [];
  const engine = begun();
  engine.attach(noting(lines));
  for (let count = 0; count < 3; count++) engine.take({ type: 'state', data: { version: 99, saved: null } });
  assert.is(lines.length, 1);
  assert.match(lines[0]!, /^notice detectors start to learn again/);
});

test('a target beyond ten thousand is not judged, which is reported once, until another one leaves', () => {
  const lines: string[] = [];
  const engine = new SessionEngine([], HOLD);
  engine.attach(noting(lines));
  const echo = (target: string) => engine.take({ ...gap[0]!, target });
  for (let index = 0; index < 10_000; index++) assert.ok(echo(`t${index}`));
  assert.is(echo('one more'), undefined);
  assert.is(echo('and another'), undefined);
  assert.ok(echo('t0'), 'those before it are judged as ever');
  assert.equal(
    lines.filter(line => line.startsWith('notice')),
    ['notice more than 10000 targets at once: the others are not judged'],
  );
  engine.change({ at: START, action: 'removed', info: infoOf('t0') });
  assert.ok(echo('one more'));
});

test('a recording of a session leads another engine to the same counts, lights, events and expected moves', async () => {
  const live = begun();
  let now = START;
  const recording = new RecordSwitch(
    { file: join(folder, 'session.jsonl'), holdMs: HOLD, detectors: defaultChoices() },
    {
      info: () => SESSION,
      now: () => now,
      opening: () => live.opening(assert.unreachable),
      closing: () => live.closing(now),
      say: () => {},
    },
  );
  live.attach(recording);
  await recording.start();
  const half = gap.length / 2;
  const at = gap[half]!.knownAt;
  const beside = scenario('.'.repeat(100), { target: 'b', startMs: at + 10 });
  run(live, gap.slice(0, half));
  live.change({ at, action: 'added', info: infoOf('b') });
  live.expect({ at, targets: ['a'], budgetMs: 300 });
  live.reset({ at, target: 'a' });
  live.note({ at, text: 'maintenance begins' });
  const rest = [...gap.slice(half), ...beside].sort((x, y) => x.knownAt - y.knownAt);
  run(live, rest);
  now = rest.at(-1)!.knownAt;
  live.change({ at: now, action: 'removed', info: infoOf('b') });
  const held = live.save();
  recording.stop();
  const { header, entries } = readAll(join(folder, 'session.jsonl'));
  const lines: string[] = [];
  const again = new SessionEngine(defaultChoices(), HOLD);
  again.begin(header.targets);
  again.attach({ ...noting(lines), take: () => {} });
  for (const entry of entries) again.take(entry);
  assert.equal(again.save(), held);
  assert.equal(again.expectedMoves, live.expectedMoves);
  assert.equal(lines, ['added b []', 'expect a', 'reset a', 'note maintenance begins', 'removed b []']);
});

test.run();
