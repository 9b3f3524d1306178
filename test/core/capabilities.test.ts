import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { capabilitiesOf, limitOf, shortestSeen } from '../../src/core/capabilities.js';
import { targetFields } from '../../src/core/format/json-line.js';

const test = suite('what can be reported');

test('on echo alone a migration cannot be told from an outage, which every place says', () => {
  const { can, cannot } = capabilitiesOf(['echo'], 500);
  assert.equal(can, ['outages and delays']);
  assert.match(cannot.join('\n'), /tell a migration from an outage/);
  assert.match(cannot.join('\n'), /surely see blackouts under 2 s/);
  assert.is(shortestSeen(['echo'], 500), 2000);
  assert.is(limitOf(['echo']), 'gaps only, causes unclear');
  const info = {
    target: 'vm',
    name: 'vm',
    address: '192.0.2.1',
    backend: 'tcp',
    witnesses: ['echo'],
    simulated: false,
  };
  assert.equal((targetFields(info, 500) as { cannot: string[] }).cannot, cannot);
});

test('each witness adds what it can tell, and all three leave nothing', () => {
  assert.match(capabilitiesOf(['echo', 'announce'], 50).cannot.join('\n'), /forged announcement/);
  assert.is(limitOf(['echo', 'announce']), 'no clock witness');
  assert.equal(capabilitiesOf(['echo', 'clock'], 50).cannot, [
    'tell a move from a pause: the clock stands still in both',
  ]);
  const all = ['echo', 'clock', 'announce'];
  assert.equal([capabilitiesOf(all, 50).cannot, limitOf(all)], [[], '']);
  assert.is(shortestSeen(all, 50), undefined);
});

test('a target that is not probed promises nothing', () => {
  const info = { target: 'vm', name: 'vm', address: '-', backend: '-', witnesses: [], simulated: false };
  assert.equal(targetFields(info, 50), {
    target: 'vm',
    name: 'vm',
    address: '-',
    backend: '-',
    witnesses: [],
  });
});

test.run();
