import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import { SessionEngine } from '../../src/session/engine.js';
import { START } from '../support/scenario.js';

const test = suite('the state of detectors and judge in a recording');

function crowd(targets: number): SessionEngine {
  const session = new SessionEngine(defaultChoices(), 1500);
  for (let index = 0; index < targets; index++) {
    const at = START + index;
    const outcome = { kind: 'reply', rttMs: 1 } as const;
    session.take({ at, knownAt: at + 1, target: `vm${index}`, probe: 'icmp', seq: 0, outcome } as Sample);
  }
  return session;
}

test('of many targets it is read as it was written', () => {
  const session = crowd(100);
  const said: string[] = [];
  const rows = session.opening(text => said.push(text));
  assert.equal(said, []);
  const copy = new SessionEngine(defaultChoices(), 1500);
  for (const row of rows) copy.take(row);
  assert.equal(copy.notices, []);
  assert.equal(copy.opening(assert.unreachable)[0], rows[0]);
  assert.equal(
    copy.opening(assert.unreachable),
    rows.filter(({ type }) => type === 'state'),
  );
});

const STALE = { part: 0, parts: 1, deflate: '' };

test('as an older release wrote it, it is not read, which is said once; an empty one is passed over', () => {
  const session = crowd(1);
  session.take({ type: 'learned', data: { ...STALE, deflate: 'A'.repeat(400) } });
  assert.equal(session.notices, []);
  for (let count = 0; count < 3; count++)
    session.take({ type: 'learned', data: { ...STALE, parts: 4_000_000_000, deflate: 'A'.repeat(1000) } });
  assert.is(session.notices.length, 1);
  assert.match(session.notices[0]!, /start to learn again: .*older release/);
});

test('state that does not fit makes one notice, and its targets start to learn again', () => {
  const rows = crowd(3).opening(assert.unreachable);
  const copy = new SessionEngine(defaultChoices(), 1500);
  for (const row of rows) {
    const isBad = row.type === 'state' && row.data.target !== undefined && row.data.target !== 'vm1';
    copy.take(isBad ? { ...row, data: { ...row.data, saved: { version: 1, judge: 1e15 } } } : row);
  }
  assert.is(copy.notices.length, 1);
  assert.match(copy.notices[0]!, /start to learn again: their state does not fit: detectors: a list/);
  const kept = copy.opening(assert.unreachable).filter(({ type }) => type === 'state');
  assert.equal(kept, [rows[0], rows[2]]);
});

test('the state of too many targets is not saved, which is reported; lights and events are', () => {
  const said: string[] = [];
  const rows = crowd(2501).opening(text => said.push(text));
  assert.match(said.join(), /can't be saved/);
  assert.equal([...new Set(rows.map(({ type }) => type))], ['light']);
});

test.run();
