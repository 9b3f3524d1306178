/**
 * The privileged process: opens raw and packet sockets and probes with them, for a main process that gave up root. It
 * runs as the user, keeps CAP_NET_RAW and nothing else, runs no code of the user, and ends when the main process does.
 * Root starts it as `child.js UID GID`, with a message channel.
 */
import '../../src/system/usr1.js'; // first, so that Node opens no debugger on a SIGUSR1

import { trySocket } from '../net/trial.js';
import type { ProbingThread } from '../thread/ports.js';
import { startThread } from '../thread/thread.js';
import { AnswerSender } from './answer-sender.js';
import { packBatch, type Request, readRequest } from './messages.js';
import { becomeProber } from './privileges.js';

// An answer that cannot be sent is of no use: the main process is gone, and this one ends as well.
const answers = new AnswerSender((answer, sent) => void process.send!(answer, undefined, undefined, sent));
const threads = new Map<number, ProbingThread>();

async function start({ call, order }: Request & { kind: 'start' }): Promise<void> {
  const thread = await startThread(order, {
    received: message => {
      if (message.kind !== 'batch') answers.send({ call, kind: 'received', message });
      else
        answers.send(
          { call, kind: 'received', message: packBatch(message.batch) },
          message.batch.rows.byteLength,
        );
    },
    ended: ({ message }) => {
      threads.delete(call);
      answers.send({ call, kind: 'failed', message });
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
    answers.send({ call, kind: 'done' });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    answers.send({ call, kind: 'failed', message, code });
  }
}

// A signal to the whole job reaches this process too, but the main process decides when both end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
const [uid, gid] = process.argv.slice(2).map(Number) as [number, number];
await becomeProber({ uid, gid });
process.on('message', message => void serve(readRequest(message)));
