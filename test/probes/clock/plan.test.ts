import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clocksOfTarget, withoutRaw } from '../../../probes/clock/plan.js';
import { clocksOf } from '../../../probes/clock.js';
import { chooseProbe, chooseProbes } from '../../../probes/index.js';

const test = suite('which clocks are read');

const of = (
  options: Record<string, number>,
  target: { family?: 4 | 6; port?: number; dateUrl?: string } = {},
) => clocksOfTarget(clocksOf(options), { family: 4, ...target });

test('ICMP by default, and TCP timestamps where the target or the user names a port', () => {
  assert.equal(of({}), ['icmp']);
  assert.equal(of({}, { port: 443 }), ['icmp', 'tcp']);
  assert.equal(of({ tcp: 22 }), ['icmp', 'tcp']);
  assert.equal(of({ tcp: 22 }, { family: 6 }), ['tcp']);
  assert.equal(of({}, { family: 6 }), []);
});

test('without raw sockets, NTP and HTTP are left', () => {
  const plan = withoutRaw(clocksOf({ tcp: 22, ntp: 2000 }));
  assert.equal(clocksOfTarget(plan, { family: 4, port: 443, dateUrl: 'http://vm/' }), ['ntp', 'http']);
});

test('options of one prober add up over several flags; a URL may contain anything', () => {
  assert.equal(chooseProbe('clock:ntp').options, { icmp: 1, tcp: 0, ntp: 2000 });
  const [ntp, http] = chooseProbes(['clock:ntp=4s', 'clock:icmp=0,http=vm=http://vm/a:b?c=1,d=2']);
  assert.is(ntp!.url, undefined);
  assert.equal([http!.options, http!.url], [{ icmp: 0, tcp: 0, ntp: 4000 }, 'vm=http://vm/a:b?c=1,d=2']);
});

test('what makes no sense is refused with words', () => {
  assert.throws(() => chooseProbe('clock:ntp=20ms'), /clock:ntp must be 0 or at least 100 ms/);
  assert.throws(() => chooseProbe('clock:tcp'), /clock:tcp needs a value: write clock:tcp=0/);
  assert.throws(() => chooseProbe('clock:ntp='), /is not an option/);
  assert.throws(() => chooseProbe('tcp:http=http://vm/'), /option of tcp/);
});

test.run();
