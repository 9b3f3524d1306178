import type { TargetId } from '../../src/core/sample.js';
import { deferred } from '../../src/system/deferred.js';
import type { Prober, ProberPorts } from '../prober.js';
import { ordering } from '../timing/ordering.js';
import { unpack } from './codec.js';
import { probingHost } from './host.js';
import type { WorkerPlan } from './messages.js';
import type { FromThread } from './ports.js';

/** Starts a probing thread, named `name` in errors. Rejects when a socket is refused. */
export async function openThread(name: string, order: WorkerPlan, ports: ProberPorts): Promise<Prober> {
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
