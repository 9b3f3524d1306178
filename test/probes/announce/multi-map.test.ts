import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Macs } from '../../../probes/announce/macs.js';
import { MultiMap } from '../../../probes/announce/multi-map.js';

const test = suite('who is known by a name');

test('items share names, are removed, and an unknown name has none', () => {
  const index = new MultiMap<number>();
  for (const [name, item] of [
    ['a', 1],
    ['a', 2],
    ['b', 1],
    ['a', 1],
  ] as const)
    index.add(name, item);
  assert.equal([...index.of('a')], [1, 2]);
  index.remove('a', 1);
  index.remove('c', 1);
  assert.equal([...index.of('a')], [2]);
  assert.equal([...index.of('b')], [1]);
  index.remove('b', 1);
  assert.equal([...index.of('b')], []);
});

test('changes of a target’s hardware addresses are reported as they happen', () => {
  const known = new Set<string>();
  const macs = new Macs((mac, is) => void (is ? known.add(mac) : known.delete(mac)));
  macs.confirm('true');
  for (let forged = 0; forged < 100; forged++) {
    macs.add(`${forged}`);
    assert.ok(known.has('true') && known.size <= 4);
    for (const mac of known) assert.ok(macs.has(mac));
  }
  macs.clear();
  assert.is(known.size, 0);
  assert.not(macs.has('true'));
  assert.ok(macs.unconfirmed);
});

test.run();
