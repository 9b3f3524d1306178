import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProbeTarget } from '../../../probes/prober.js';
import { join, Namespace } from '../../support/namespace.js';
import { needing } from '../../support/needs.js';
import { Drive } from './drive.js';

const test = suite('the ways out of this machine');
const asRoot = needing(test, { root: true, commands: ['ip', 'setpriv'] });

const target = (id: string, address: string): ProbeTarget => ({ id, address, family: 4, phaseMs: 0 });
const kindsOf = (drive: Drive, id?: string) => [...new Set(drive.of(id).map(({ outcome }) => outcome.kind))];
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

asRoot(
  'dead neighbours, whose requests the kernel holds for a while, keep nobody else’s from leaving',
  async () => {
    const [here, there] = [await Namespace.create(), await Namespace.create()];
    here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
    join(here, there, 'spare', 83);
    const dead = Array.from({ length: 100 }, (_, i) => target(`dead${i}`, `10.83.0.${100 + i}`));
    const targets = [target('alive', '10.83.0.2'), ...dead];
    // They are asked for until the test is over, so that all of their requests add up.
    here.run('sysctl -qw net.ipv4.neigh.spare.mcast_solicit=20');
    // An ordinary user's buffer is filled by a few of them.
    const inside = { inside: (command: string[]) => here.inside([...NOBODY, ...command]) };
    const drive = await Drive.start(
      { backend: 'icmp-datagram', targets, intervalMs: 20, timeoutMs: 500 },
      inside,
    );
    await drive.until(
      () => drive.outcomes('reply', 'alive').length >= 140,
      'almost three seconds of replies',
    );
    await drive.stop();
    assert.equal(kindsOf(drive, 'alive'), ['reply']);
    assert.ok(drive.outcomes('lost').length > 1000, 'the dead are dead');
    here.close();
    there.close();
  },
);

asRoot('-I INTERFACE leaves by that one, and -I ADDRESS with that address', async () => {
  const [here, mute, there] = [await Namespace.create(), await Namespace.create(), await Namespace.create()];
  join(here, mute, 'usual', 84);
  join(here, there, 'other', 85);
  for (const each of [mute, there]) each.run('ip addr add 10.86.0.9/32 dev lo');
  here.run('ip route add 10.86.0.9 dev usual metric 1');
  here.run('ip route add 10.86.0.9 dev other metric 2');
  mute.run('sysctl -qw net.ipv4.icmp_echo_ignore_all=1');
  // Nobody answers our usual address, and everybody another one.
  here.run('ip addr add 10.86.0.1/32 dev lo');
  there.run('ip addr add 10.86.0.8/32 dev lo');
  there.run('ip route add 10.86.0.1 dev other');
  there.run('ip rule add from 10.86.0.8 to 10.85.0.1 blackhole');
  here.run('ip route add 10.86.0.8 dev other');

  const outcome = async (address: string, from?: string) => {
    const plan = {
      backend: 'icmp-raw',
      targets: [target('vm', address)],
      intervalMs: 20,
      timeoutMs: 100,
    } as const;
    const drive = await Drive.start({ ...plan, ...(from && { interface: from }) }, here);
    await drive.until(() => drive.of().some(({ outcome: { kind } }) => kind !== 'overdue'), 'an outcome');
    await drive.stop();
    return kindsOf(drive).filter(kind => kind !== 'overdue');
  };
  assert.equal(await Promise.all([outcome('10.86.0.9'), outcome('10.86.0.9', 'other')]), [
    ['lost'],
    ['reply'],
  ]);
  assert.equal(await Promise.all([outcome('10.86.0.8'), outcome('10.86.0.8', '10.86.0.1')]), [
    ['lost'],
    ['reply'],
  ]);
  for (const each of [here, mute, there]) each.close();
});

test.run();
