import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { MigrationEvent } from '../../src/core/event.js';
import type { Sample } from '../../src/core/sample.js';
import { failed } from '../../src/plan/fail-on.js';
import { SessionEngine } from '../../src/session/engine.js';
import { SessionState } from '../../src/ui/model/state.js';
import { CountedState } from '../support/counted-state.js';
import { START } from '../support/synthetic.js';

const INTERVAL = 50;
const infoOf = (target: string) => ({
  ...{ target, name: target, address: '192.0.2.1', backend: 'b' },
  ...{ witnesses: ['echo'], simulated: false },
});

/** Echoes of a target every 50 ms from a moment on, the lost ones 1 s after they left. */
function echoes(target: string, from: number, count: number, lost: (seq: number) => boolean = () => false) {
  return Array.from({ length: count }, (_, seq): Sample => {
    const at = START + from + seq * INTERVAL;
    const common = { at, target, probe: 'icmp', seq };
    return lost(seq)
      ? { ...common, knownAt: at + 1000, outcome: { kind: 'lost', reason: 'timeout' } }
      : { ...common, knownAt: at + 1, outcome: { kind: 'reply', rttMs: 1 } };
  }).sort((a, b) => a.knownAt - b.knownAt);
}

const test = suite('removed targets');

test('2,000 cycles of adding and removing leave no state, in the judge or on screen', () => {
  const judging = new SessionEngine(defaultChoices(), 1000);
  const state = new SessionState({ targets: 1, intervalMs: INTERVAL, tally: judging.tally });
  judging.attach(state);
  const follow = (samples: Sample[]) => {
    for (const sample of samples) judging.take(sample);
  };
  follow(echoes('stays', 0, 100));
  const before = JSON.stringify(judging.save()).length;
  for (let cycle = 0; cycle < 2000; cycle++) {
    const target = `guest-${cycle}`;
    const at = START + 5000 + cycle * 100;
    judging.change({ at, action: 'added', info: infoOf(target) });
    follow(echoes(target, 5000 + cycle * 100, 2));
    judging.change({ at, action: 'removed', info: infoOf(target) });
  }
  assert.is(JSON.stringify(judging.save()).length, before);
  assert.is(JSON.stringify([...judging.lights]).includes('guest'), false);
  assert.equal(
    state.tally.targetSummaries().map(({ target }) => target),
    ['stays'],
  );
});

test('what was open is over with the target, and its events stay counted, once, when it comes again', () => {
  const judging = new SessionEngine(defaultChoices(), 1000);
  for (const sample of echoes('vm', 0, 400, seq => seq >= 300)) judging.take(sample);
  const [open] = [...judging.open.values()];
  assert.is(open!.target, 'vm');
  const at = START + 21_000;
  const closed: MigrationEvent[] = [];
  judging.attach({ target: (_, events) => closed.push(...events) });
  judging.change({ at, action: 'removed', info: infoOf('vm') });
  assert.equal(
    closed.map(({ id, state, endedAt }) => [id, state, endedAt]),
    [[open!.id, 'closed', open!.endedAt ?? at]],
  );
  assert.is(judging.open.size, 0);
  const [summary] = judging.tally.targetSummaries();
  assert.is(summary!.removed, true);
  assert.equal(summary!.events, { [open!.kind]: 1 });
  assert.is(failed([open!.kind], judging.tally.targetSummaries(), undefined), true);
  for (const sample of echoes('vm', 30_000, 5)) judging.take(sample);
  assert.equal(
    judging.tally.targetSummaries().map(({ received, events, removed }) => ({ received, events, removed })),
    [{ received: 5, events: { [open!.kind]: 1 }, removed: undefined }],
  );
});

test('a removed target is no longer compared with: two that fail together are not all of three', () => {
  const rules = (removed: boolean) => {
    const judging = new SessionEngine(defaultChoices(), 1000);
    const last = new Map<string, string>();
    const names = ['a', 'b', 'c', 'd'];
    const gap = (seq: number) => seq >= 300 && seq < 320;
    const all = names.flatMap(name => echoes(name, names.indexOf(name), 500, gap));
    for (const sample of all.sort((x, y) => x.knownAt - y.knownAt)) {
      const gone = removed && (sample.target === 'c' || sample.target === 'd');
      if (gone && sample.at > START + 10_000) continue;
      if (removed && sample.at > START + 10_000) {
        judging.take({ type: 'removed', data: { at: sample.at, target: 'c' } });
        judging.take({ type: 'removed', data: { at: sample.at, target: 'd' } });
      }
      for (const { target, rule } of judging.take(sample)?.events ?? []) last.set(target, rule!);
    }
    return [...last].map(([target, rule]) => `${target} ${rule}`).sort();
  };
  const all = 'all-targets-at-once';
  assert.equal(rules(false), [`a ${all}`, `b ${all}`, `c ${all}`, `d ${all}`]);
  assert.is(rules(true).length, 2);
  assert.not(rules(true).join().includes(all));
});

test('a screen that grows from one target to 500 keeps within one budget of probes', () => {
  // 1 target every 2 ms would keep 300,064 probes; 500 of these would be 150 million, 2 GB.
  const state = new CountedState({ targets: 1, intervalMs: 2 });
  const kept = Array.from({ length: 500 }, (_, index) => state.of(`t${index}`).probes.capacity);
  assert.is(kept[0], 300_064);
  assert.ok(kept.every(capacity => capacity >= 256));
  assert.ok(kept.reduce((sum, capacity) => sum + capacity, 0) <= 4_000_000 + 500 * 256);
});

test.run();
