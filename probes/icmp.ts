/**
 * ICMP echo, driven by a worker thread on Linux: both time stamps of a round trip are the kernel's.
 *
 * A reply counts only if its source, id, sequence number and a random token of 64 bits are those of a probe of ours.
 * Not for: hosts that filter ICMP, and other systems than Linux; take `tcp` or `ping` there.
 * Reference: RFC 792, RFC 4443; icmp(7), ip(7), Documentation/networking/timestamping.rst of the kernel.
 */
import { deferred } from '../src/core/deferred.js';
import type { TargetId } from '../src/core/sample.js';
import type { SocketKind } from './net/socket.js';
import type { Trial } from './net/trial.js';
import type { Backend, Permission, Prober, ProberPorts } from './prober.js';
import { unpack } from './thread/codec.js';
import { probingHost } from './thread/host.js';
import type { FromThread } from './thread/ports.js';
import type { WorkerPlan } from './thread/worker.js';
import { ordering } from './timing/ordering.js';

const ACCURACY = 'kernel time stamps on request and reply, within about 10 µs';

export const icmpDatagram: Backend = {
  name: 'icmp-datagram',
  probe: 'icmp',
  summary: `ICMP echo through an unprivileged socket; ${ACCURACY}`,
  needs: 'Linux, and a group of the user within net.ipv4.ping_group_range (it governs IPv6 as well)',
  options: {},
  check: family => check('datagram', family),
  open: (plan, ports) => openWorker('icmp-datagram', { kind: 'datagram', plan }, ports),
};

export const icmpRaw: Backend = {
  name: 'icmp-raw',
  probe: 'icmp',
  summary: `ICMP echo through a raw socket; ${ACCURACY}`,
  needs: 'Linux, and root or CAP_NET_RAW',
  options: {},
  check: family => check('raw', family),
  open: (plan, ports) => openWorker('icmp-raw', { kind: 'raw', plan }, ports),
};

const REMEDY = {
  datagram: 'sudo sysctl net.ipv4.ping_group_range="0 2147483647"',
  raw: 'sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"',
} as const satisfies Record<SocketKind, string>;

const check = (kind: SocketKind, family: 4 | 6) => permissionOf({ socket: kind, family }, REMEDY[kind]);

/** Opens such a socket. What the kernel refuses is permitted by the remedy: unless another is named, CAP_NET_RAW. */
export async function permissionOf(trial: Trial, remedy: string = REMEDY.raw): Promise<Permission> {
  try {
    await probingHost().trySocket(trial);
    return { allowed: true };
  } catch (error) {
    const { message: reason, code = '' } = error as NodeJS.ErrnoException;
    const refused = ['EPERM', 'EACCES'].includes(code);
    return { allowed: false, reason, ...(refused ? { remedy } : {}) };
  }
}

/** Starts a probing thread, named `name` in errors. Rejects when a socket is refused. */
export async function openWorker(name: string, order: WorkerPlan, ports: ProberPorts): Promise<Prober> {
  const { plan } = order;
  const ids: (TargetId | undefined)[] = plan.targets.map(({ id }) => id);
  const free: number[] = [];
  const inOrder = ordering();
  const exited = deferred<void>();
  let stopping = false;
  const received = (message: FromThread) => {
    if (message.kind === 'notice') ports.notice(message.text);
    else if (message.kind === 'removed') free.push(message.index);
    else ports.emit(inOrder(unpack(message.batch, ids)));
  };
  const ended = (cause: Error) => {
    exited.resolve();
    if (!stopping) ports.fail(new Error(`${name} broke down: ${cause.message}`, { cause }));
  };
  const start = probingHost().startThread(order, { received, ended });
  const thread = await start.catch(cause => {
    throw new Error(`${name} can't be opened: ${cause.message}`, { cause });
  });
  return {
    add: target => {
      const index = free.pop() ?? ids.length;
      ids[index] = target.id;
      thread.send({ kind: 'add', index, target });
    },
    remove: target => {
      const index = ids.indexOf(target);
      if (index < 0) return;
      ids[index] = undefined;
      thread.send({ kind: 'remove', index, target });
    },
    readdress: (id, address, family) => {
      const index = ids.indexOf(id);
      if (index >= 0) thread.send({ kind: 'readdress', index, id, address, family });
    },
    stop: () => {
      if (!stopping) thread.send({ kind: 'stop' });
      stopping = true;
      return exited.promise;
    },
  };
}
