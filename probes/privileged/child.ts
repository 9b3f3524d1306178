/**
 * The privileged process: opens raw and packet sockets and probes with them, for a main process that gave up root. It
 * is the user's, keeps CAP_NET_RAW and nothing else, runs no code of the user's, and ends when the main process does.
 * Started as `child.js UID GID` by root, with a message channel.
 */
import '../../src/system/usr1.js'; // first, so that Node opens no debugger on a SIGUSR1

import { trySocket } from '../net/trial.js';
import type { ProbingThread } from '../thread/ports.js';
import { startThread } from '../thread/thread.js';
import { packBatch, type Request, readRequest } from './messages.js';
import { SampleBatcher } from './outbox.js';
import { becomeProber } from './privileges.js';

// What cannot leave is lost with the main process, and then this one ends as well.
const outbox = new SampleBatcher((answer, left) => void process.send!(answer, undefined, undefined, left));
const threads = new Map<number, ProbingThread>();

async function start({ call, order }: Request & { kind: 'start' }): Promise<void> {
  const thread = await startThread(order, {
    received: message => {
      if (message.kind !== 'batch') outbox.send({ call, kind: 'received', message });
      else
        outbox.send(
          { call, kind: 'received', message: packBatch(message.batch) },
          message.batch.rows.byteLength,
        );
    },
    ended: ({ message }) => {
      threads.delete(call);
      outbox.send({ call, kind: 'failed', message });
    },
  });
  threads.set(call, thread);
}

async function serve(request: Request): Promise<void> {
  const { call } = request;
  if (request.kind === 'send') {
    threads.get(call)?.send(request.message);
    return;
  }
  try {
    await (request.kind === 'try' ? trySocket(request.trial) : start(request));
    outbox.send({ call, kind: 'done' });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    outbox.send({ call, kind: 'failed', message, code });
  }
}

// The main process decides when a signal to the whole job ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
const [uid, gid] = process.argv.slice(2).map(Number) as [number, number];
await becomeProber({ uid, gid });
process.on('message', message => void serve(readRequest(message)));
