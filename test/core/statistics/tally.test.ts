import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../../src/core/event.js';
import type { Outcome } from '../../../src/core/sample.js';
import { Tally } from '../../../src/core/statistics/tally.js';

const test = suite('tally');

let seq = 0;
const step = (target: string, outcome: Outcome, events: MigrationEvent[] = []) => ({
  sample: { at: seq, knownAt: seq, target, probe: 'icmp', seq: seq++, outcome },
  verdicts: [],
  lights: [],
  events,
});
const event = (id: string, kind: MigrationEvent['kind']): MigrationEvent => ({
  id,
  state: 'open',
  target: 'a',
  kind,
  rule: 'clean-gap',
  red: false,
  startedAt: 0,
  detectedAt: 0,
  confidence: 0.5,
  evidence: [],
});

test('counts each probe once: on time, or lost, a late reply staying lost', () => {
  const tally = new Tally(['a', 'b']);
  for (const rttMs of [3, 1, 2]) tally.take(step('a', { kind: 'reply', rttMs }));
  tally.take(step('a', { kind: 'overdue', waitedMs: 50 }));
  tally.take(step('a', { kind: 'lost', reason: 'timeout' }));
  tally.take(step('a', { kind: 'reply', rttMs: 1500, late: true }));
  tally.take(step('a', { kind: 'lost', reason: 'unreachable' }));
  tally.take(step('a', { kind: 'unsent', reason: 'no route' }));
  tally.take(step('a', { kind: 'duplicate', rttMs: 9 }));
  tally.take(step('a', { kind: 'foreign', from: '10.0.0.66' }));
  const [a, b] = tally.targetSummaries();
  const { rttMs, ...counts } = a!;
  assert.equal(counts, { target: 'a', sent: 5, received: 3, lost: 2, late: 1, events: {} });
  assert.is(rttMs!.min, 1);
  assert.is(rttMs!.max, 3);
  assert.ok(Math.abs(rttMs!.median / 2 - 1) <= 0.005);
  assert.equal(b, { target: 'b', sent: 0, received: 0, lost: 0, late: 0, rttMs: null, events: {} });
});

test('an event that is reported again counts once, under its last kind', () => {
  const tally = new Tally();
  const told = (...events: MigrationEvent[]) => tally.take(step('a', { kind: 'reply', rttMs: 1 }, events));
  told(event('e1', 'unclear'));
  told(event('e1', 'unclear'), event('e2', 'pause'));
  told(event('e1', 'migration'));
  assert.equal(tally.targetSummaries()[0]!.events, { pause: 1, migration: 1 });
});

test('ever more migrations that no hypervisor reported still give a state that loads', () => {
  const tally = new Tally();
  for (let number = 0; number < 5000; number++) {
    const reported = { state: 'unreported', host: 'qmp:/x' } as const;
    tally.take(step('a', { kind: 'reply', rttMs: 1 }, [{ ...event(`e${number}`, 'migration'), reported }]));
  }
  const { unreported } = tally.targetSummaries()[0]!;
  const again = new Tally();
  again.load(tally.save());
  assert.ok(unreported! >= 4096);
  assert.is(again.targetSummaries()[0]!.unreported, unreported);
});

test('reset clears one target or all', () => {
  const tally = new Tally();
  for (const target of ['a', 'b', 'c']) tally.take(step(target, { kind: 'reply', rttMs: 1 }));
  tally.reset('b');
  assert.equal(
    tally.targetSummaries().map(each => each.sent),
    [1, 0, 1],
  );
  tally.reset();
  assert.equal(
    tally.targetSummaries().map(each => each.sent),
    [0, 0, 0],
  );
});

test.run();
