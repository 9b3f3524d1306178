/** The bar of abilities and `migwatch doctor` say the same of this machine. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hypervisors } from '../../probes/hypervisor/index.js';
import { backends, witnesses } from '../../probes/index.js';
import type { Permission } from '../../probes/prober.js';
import { abilitiesOf, type Survey, survey } from '../../src/app/abilities.js';
import { doctor } from '../../src/app/doctor.js';
import { bestRemedy } from '../../src/core/capabilities.js';

const test = suite('abilities of this machine');
const YES: Permission = { allowed: true };
const no = (remedy?: string): Permission => ({
  allowed: false,
  reason: 'refused',
  ...(remedy && { remedy }),
});

/** A machine that permits what the names say. */
function machine(allowed: readonly string[], remedies: Record<string, string> = {}): Survey {
  const each = <Tried extends { name: string }>(tried: Tried) => {
    const v4 = allowed.includes(tried.name) ? YES : no(remedies[tried.name]);
    return { tried, v4, v6: v4 };
  };
  return {
    backends: backends.map(each),
    witnesses: witnesses.map(each),
    hypervisors: hypervisors.map(each),
  };
}

test('the echo comes first, by the best permitted backend, then every witness and hypervisor', () => {
  const abilities = abilitiesOf(machine(['ping', 'tcp', 'sim', 'clock-http', 'qmp']));
  assert.equal(
    abilities.map(({ name, allowed }) => `${allowed ? '+' : '-'}${name}`),
    ['+echo (ping)', '-clock', '+clock-http', '-announce', '-stream', '+qmp', '-libvirt'],
  );
});

test('a connect time is not an echo, and the command offered is the one that permits the most', () => {
  const raw = 'sudo setcap';
  const remedies = { 'icmp-datagram': 'sudo sysctl', clock: raw, announce: raw, libvirt: 'apt install' };
  const abilities = abilitiesOf(machine(['tcp', 'sim'], remedies));
  assert.equal(abilities[0], { name: 'echo', allowed: false, remedy: 'sudo sysctl' });
  assert.is(bestRemedy(abilities), raw);
  assert.is(bestRemedy(abilitiesOf(machine([]))), undefined);
});

test('each mark is what doctor says on this machine', async () => {
  const abilities = abilitiesOf(await survey());
  const text = await doctor(undefined);
  for (const { name, allowed } of abilities.slice(1))
    assert.match(text, new RegExp(`^ {2}${allowed ? 'yes' : 'no '} {2}${name} `, 'm'));
  const used = /\((.*)\)/.exec(abilities[0]!.name)?.[1];
  if (used !== undefined) assert.is(/^ {2}yes {2}(\S+)/m.exec(text)![1], used);
});

test.run();
