/**
 * ICMP echo, driven by a worker thread on Linux: both time stamps of a round trip are the kernel's.
 *
 * A reply counts only if its source, id, sequence number and a random token of 64 bits are those of a probe of ours.
 * Not for: hosts that filter ICMP, and other systems than Linux; take `tcp` or `ping` there.
 * Reference: RFC 792, RFC 4443; icmp(7), ip(7), Documentation/networking/timestamping.rst of the kernel.
 */
import { closeSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Sample, TargetId } from '../src/core/sample.js';
import { unpack } from './icmp/codec.js';
import { heldSockets, reclaim } from './icmp/held.js';
import { borrower, loadLibc } from './icmp/libc.js';
import { EchoSocket, type SocketKind, SystemError } from './icmp/socket.js';
import { watchTurns } from './icmp/watchdog.js';
import type { FromWorker, ToWorker, WorkerData, WorkerPlan } from './icmp/worker.js';
import type { Backend, Permission, Prober, ProberPorts } from './prober.js';

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

const check = (kind: SocketKind, family: 4 | 6) =>
  permissionOf(async () => new EchoSocket(await loadLibc(), kind, family).close(), REMEDY[kind]);

/** Tries it. What the system refuses is permitted by the remedy: unless another is named, the right to raw sockets. */
export async function permissionOf(
  attempt: () => Promise<void>,
  remedy: string = REMEDY.raw,
): Promise<Permission> {
  try {
    await attempt();
    return { allowed: true };
  } catch (error) {
    const { message: reason } = error as Error;
    const refused = error instanceof SystemError && ['EPERM', 'EACCES'].includes(error.code);
    return { allowed: false, reason, ...(refused ? { remedy } : {}) };
  }
}

/** Starts the thread, named `name` in errors. Rejects when a socket is refused. */
export async function openWorker(name: string, order: WorkerPlan, ports: ProberPorts): Promise<Prober> {
  const { plan } = order;
  const held = heldSockets();
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerData = { ...order, held, turns };
  const worker = new Worker(new URL('./icmp/worker.js', import.meta.url), { workerData });
  const thread = borrower(worker.threadId);
  const ids: (TargetId | undefined)[] = plan.targets.map(({ id }) => id);
  const free: number[] = [];
  const inOrder = ordering();
  let stopping = false;
  let cause: unknown = new Error('it ended by itself');
  worker.on('error', error => (cause = error));
  const exited = new Promise<void>(done =>
    worker.once('exit', () => {
      if (held) reclaim(held, thread);
      done();
    }),
  );

  const wake = await new Promise<number>((ready, refused) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') ready(message.wake);
      else if (message.kind === 'notice') ports.notice(message.text);
      else if (message.kind === 'removed') free.push(message.index);
      else ports.emit(inOrder(unpack(message.batch, ids)));
    });
    void exited.then(() =>
      refused(new Error(`${name} can't be opened: ${(cause as Error).message}`, { cause })),
    );
  });
  let running = true;
  const unwatch = watchTurns(turns, () => {
    cause = new Error('its thread hung');
    void worker.terminate();
  });
  void exited.then(() => {
    running = false;
    unwatch();
    closeSync(wake);
    if (!stopping) ports.fail(new Error(`${name} broke down: ${(cause as Error).message}`, { cause }));
  });

  const tell = (message: ToWorker) => {
    if (!running) return;
    worker.postMessage(message);
    writeSync(wake, new Uint8Array(BigUint64Array.of(1n).buffer));
  };
  return {
    add: target => {
      const index = free.pop() ?? ids.length;
      ids[index] = target.id;
      tell({ kind: 'add', index, target });
    },
    remove: target => {
      const index = ids.indexOf(target);
      if (index < 0) return;
      ids[index] = undefined;
      tell({ kind: 'remove', index, target });
    },
    readdress: (id, address, family) => {
      const index = ids.indexOf(id);
      if (index >= 0) tell({ kind: 'readdress', index, id, address, family });
    },
    stop: () => {
      if (!stopping) tell({ kind: 'stop' });
      stopping = true;
      return exited;
    },
  };
}

/** Puts each batch in the order in which its outcomes were known, and none before one of an earlier batch. */
function ordering(): (samples: Sample[]) => Sample[] {
  let latest = Number.NEGATIVE_INFINITY;
  return samples => {
    samples.sort((a, b) => a.knownAt - b.knownAt);
    for (const sample of samples) latest = sample.knownAt = Math.max(sample.knownAt, latest);
    return samples;
  };
}
