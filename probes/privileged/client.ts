import { type Deferred, deferred } from '../../src/system/deferred.js';
import type { Trial } from '../net/trial.js';
import type { WorkerPlan } from '../thread/messages.js';
import type { ProbingHost, ProbingThread, ThreadPorts } from '../thread/ports.js';
import { type Answer, type Request, unpackBatch } from './messages.js';

/** Set in the environment of a process whose message channel leads to the privileged process. */
export const HAS_PRIVILEGED_PROCESS = 'MIGWATCH_PRIVILEGED';

const ENDED = 'the process that holds the raw sockets has ended: restart migwatch';

type NewRequest = Request extends infer Each ? (Each extends Request ? Omit<Each, 'call'> : never) : never;

/** The privileged process, as the main process sees it. */
class PrivilegedProcess implements ProbingHost {
  private calls = 0;
  /** Unanswered requests, by call. */
  private readonly waiting = new Map<number, Deferred<void>>();
  private readonly threads = new Map<number, ThreadPorts>();

  constructor() {
    process.on('message', (answer: Answer) => this.receive(answer));
    process.once('disconnect', () => {
      for (const call of [...this.waiting.keys(), ...this.threads.keys()])
        this.receive({ call, kind: 'failed', message: ENDED });
    });
  }

  trySocket(trial: Trial): Promise<void> {
    return this.request(++this.calls, { kind: 'try', trial });
  }

  async startThread(order: WorkerPlan, ports: ThreadPorts): Promise<ProbingThread> {
    const call = ++this.calls;
    // The first samples may arrive before the request is answered.
    this.threads.set(call, ports);
    await this.request(call, { kind: 'start', order });
    return {
      send: message => {
        if (this.threads.has(call)) send({ call, kind: 'send', message });
      },
    };
  }

  private request(call: number, request: NewRequest): Promise<void> {
    const answer = deferred<void>();
    this.waiting.set(call, answer);
    if (process.connected) send({ call, ...request } as Request);
    else this.receive({ call, kind: 'failed', message: ENDED });
    return answer.promise;
  }

  private receive(answer: Answer): void {
    const { call } = answer;
    const [waiting, ports] = [this.waiting.get(call), this.threads.get(call)];
    if (answer.kind === 'received') {
      const { message } = answer;
      ports?.received(message.kind === 'batch' ? { kind: 'batch', batch: unpackBatch(message) } : message);
      return;
    }
    this.waiting.delete(call);
    if (answer.kind === 'done') {
      waiting?.resolve();
      return;
    }
    const error = Object.assign(new Error(answer.message), { code: answer.code });
    this.threads.delete(call);
    if (waiting) waiting.reject(error);
    else ports?.ended(error);
  }
}

/** A request that cannot be sent is settled by the disconnection. */
function send(request: Request): void {
  process.send!(request, undefined, undefined, () => {});
}

let opened: PrivilegedProcess | undefined;

/** The privileged process that this one was started with, if any. */
export function privilegedProcess(): ProbingHost | undefined {
  if (process.env[HAS_PRIVILEGED_PROCESS] !== undefined && process.connected) {
    opened = new PrivilegedProcess();
    delete process.env[HAS_PRIVILEGED_PROCESS];
  }
  return opened;
}
