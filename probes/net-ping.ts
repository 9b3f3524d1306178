import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endChild, howEnded } from '../src/system/child-process.js';
import type { Answer, Request } from './net-ping/messages.js';
import type { Backend, Permission, ProbePlan, Prober, ProberPorts } from './prober.js';

const KILL_TIMEOUT_MS = 500;

/** By what the child reports if net-ping can't be used: the reason, and what helps. */
const REFUSALS: readonly [RegExp, string, string?][] = [
  [
    /raw\.node|compiled against|NODE_MODULE_VERSION/,
    "net-ping's native part is not built for this Node",
    'npm rebuild raw-socket --foreground-scripts, which needs a C++ compiler, make and python3',
  ],
  [
    /cannot find (module|package)/i,
    'the optional package net-ping is not installed',
    'npm install --include=optional',
  ],
  [
    /not permitted|denied/i,
    'net-ping may not open a raw socket',
    `sudo setcap cap_net_raw+ep ${process.execPath}, and start without sudo`,
  ],
  [/^/, 'net-ping does not work here'],
];

function refused(message: string): Permission & { allowed: false } {
  const [, reason, remedy] = REFUSALS.find(([sign]) => sign.test(message))!;
  return { allowed: false, reason: `${reason} (${message.split('\n')[0]})`, ...(remedy && { remedy }) };
}

function start(): ChildProcess {
  const program = fileURLToPath(new URL('./net-ping/child.js', import.meta.url));
  return fork(program, [], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

const send = (child: ChildProcess, request: Request) => {
  // A child that has just gone is reported by its exit.
  child.send(request, () => {});
};

/** Asks, and gives what the child answers first. */
async function ask(child: ChildProcess, request: Request): Promise<Permission> {
  const answer = new Promise<Permission>(done => {
    child.once('message', (answer: Answer) =>
      done(answer.type === 'error' ? refused(answer.message) : { allowed: true }),
    );
    child.once('exit', (code, signal) => done(refused(`its process ended with ${howEnded(code, signal)}`)));
    child.once('error', error => done(refused(error.message)));
  });
  send(child, request);
  return answer;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ask = () => {
    if (child.connected) child.disconnect();
  };
  await endChild({ ask, kill: () => child.kill('SIGKILL'), gone: once(child, 'exit') }, KILL_TIMEOUT_MS);
}

async function check(family: 4 | 6): Promise<Permission> {
  const child = start();
  const permission = await ask(child, { type: 'check', family });
  await end(child);
  return permission;
}

async function open(plan: ProbePlan, ports: ProberPorts): Promise<Prober> {
  if (plan.interface !== undefined)
    throw new Error(
      `net-ping can't send from a chosen interface ("${plan.interface}"): choose another --backend`,
    );
  const child = start();
  let state: 'opening' | 'open' | 'over' = 'opening';
  const fail = (message: string) => {
    if (state !== 'open') return;
    state = 'over';
    ports.fail(new Error(message));
  };
  child.on('message', (answer: Answer) => {
    if (answer.type === 'samples' && state !== 'over') ports.emit(answer.samples);
    if (answer.type === 'error') fail(refused(answer.message).reason);
  });
  child.once('exit', (code, signal) => fail(`net-ping's process ended with ${howEnded(code, signal)}`));
  const permission = await ask(child, { type: 'open', plan });
  if (!permission.allowed) {
    await end(child);
    throw new Error(`${permission.reason}${permission.remedy ? `: ${permission.remedy}` : ''}`);
  }
  state = 'open';
  return {
    add: target => send(child, { type: 'add', target }),
    remove: target => send(child, { type: 'remove', target }),
    readdress: (target, address, family) => send(child, { type: 'readdress', target, address, family }),
    stop: async () => {
      state = 'over';
      await end(child);
    },
  };
}

/**
 * The package net-ping on a raw socket, in a process of its own. Stamps are taken in user space, so they grow with
 * the load of the machine. Sequence numbers on the wire count over all targets, and duplicates are not reported.
 */
export const netPing: Backend = {
  name: 'net-ping',
  probe: 'net-ping',
  summary: 'RTT by the package net-ping, stamped in user space: good to about 0.1 ms',
  needs:
    'the optional package net-ping, built, and CAP_NET_RAW or root, without sudo: its process opens sockets of its own',
  forgeable: 'its replies match on an id of 16 bits and a count, which can be guessed',
  options: {},
  check,
  open,
};
