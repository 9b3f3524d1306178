import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import { Judging } from '../../src/recording/judging.js';
import { START } from '../support/scenario.js';

const test = suite('what was learned, in a recording');

function crowd(targets: number): Judging {
  const session = new Judging(defaultChoices(), 1500);
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
  const copy = new Judging(defaultChoices(), 1500);
  for (const row of rows) copy.take(row);
  assert.equal(copy.notices, []);
  assert.equal(copy.opening(assert.unreachable)[0], rows[0]);
});

test('of too many it is not kept, which is said; lights and events are', () => {
  const said: string[] = [];
  const rows = crowd(2501).opening(text => said.push(text));
  assert.match(said.join(), /not kept/);
  assert.equal([...new Set(rows.map(({ type }) => type))], ['light']);
});

test.run();
