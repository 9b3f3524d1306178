import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { capabilitiesOf } from '../../src/core/capabilities.js';
import { targetFields } from '../../src/core/format/json-line.js';

const test = suite('what can be reported');

test('on echo alone a migration cannot be told from an outage, which every place says', () => {
  const { can, cannot, limit } = capabilitiesOf(['echo']);
  assert.equal(can, ['outages and delays']);
  assert.match(cannot.join('\n'), /tell a migration from an outage/);
  assert.is(limit, 'gaps only, causes unclear');
  const info = {
    target: 'vm',
    name: 'vm',
    address: '192.0.2.1',
    backend: 'tcp',
    witnesses: ['echo'],
    simulated: false,
  };
  assert.equal((targetFields(info) as { cannot: string[] }).cannot, cannot);
});

test('each witness adds what it can tell, and all three leave nothing', () => {
  assert.match(capabilitiesOf(['echo', 'announce']).cannot.join('\n'), /forged announcement/);
  assert.is(capabilitiesOf(['echo', 'announce']).limit, 'no clock witness');
  assert.equal(capabilitiesOf(['echo', 'clock']).cannot, [
    'tell a move from a pause: the clock stands still in both',
  ]);
  const all = capabilitiesOf(['echo', 'clock', 'announce']);
  assert.equal([all.cannot, all.limit], [[], '']);
});

test('a target that is not probed promises nothing', () => {
  const info = { target: 'vm', name: 'vm', address: '-', backend: '-', witnesses: [], simulated: false };
  assert.equal(targetFields(info), { target: 'vm', name: 'vm', address: '-', backend: '-', witnesses: [] });
});

test.run();
