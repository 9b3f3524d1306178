import { join } from 'node:path';
import type { Namespace } from '../namespace.js';
import { Daemon } from './daemon.js';
import type { Daemons } from './libvirt-machine.js';

/** Where the daemons and their guests' migrations listen. */
export const DAEMON_ADDRESSES = ['10.78.0.1', '10.78.0.2'] as const;
const NAMES = ['hypervisor-a', 'hypervisor-b'] as const;

/** Starts a libvirtd for each hypervisor of the lab, in the network namespace that has their taps. */
export async function startDaemons(
  namespace: Namespace,
  folder: string,
  certificates: string,
): Promise<Daemons> {
  namespace.ip(DAEMON_ADDRESSES.map(address => `addr add ${address}/32 dev lo`).join('\n'));
  const started = await Promise.allSettled(
    DAEMON_ADDRESSES.map((address, seat) => {
      const name = NAMES[seat]!;
      return Daemon.start(namespace, { name, address, folder: join(folder, name), certificates });
    }),
  );
  const failure = started.find(each => each.status === 'rejected');
  const daemons = started.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
  if (!failure) return daemons as unknown as Daemons;
  await Promise.all(daemons.map(daemon => daemon.close()));
  throw failure.reason;
}
