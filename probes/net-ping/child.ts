/**
 * The child process that holds net-ping: a load on the main process does not touch its stamps, and a fault in the
 * native part ends nothing but it. It ends when its parent goes.
 */
import '../../src/system/usr1.js'; // first, so that Node opens no debugger on a SIGUSR1

import { SocketAddress } from 'node:net';
import type { Millis } from '../../src/core/sample.js';
import type { Prober, ProbeTarget } from '../prober.js';
import { openPaced, type ProbeReport, type ProbeSender } from '../timing/paced.js';
import type { Answer, Request } from './messages.js';
import { NetPingSession, type Result } from './session.js';

const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;
const CHECK_TIMEOUT: Millis = 1000;

const post = (answer: Answer) => void process.send?.(answer);
const fail = (error: Error) => post({ type: 'error', message: error.message });
const { default: library } = await import('net-ping').catch(error => {
  fail(error);
  process.exit(1);
});

/** Reports whether an echo is answered: a socket alone may be one that receives nothing. */
function check(family: 4 | 6): void {
  const session = new NetPingSession(library, family, CHECK_TIMEOUT, fail);
  const silence = setTimeout(() => fail(new Error('no reply from this very machine')), CHECK_TIMEOUT);
  session.request(
    LOOPBACK[family],
    () => {},
    result => {
      clearTimeout(silence);
      if (result.kind === 'answered') post({ type: 'done' });
      else fail(new Error(result.kind === 'unsent' ? result.reason : 'no reply from this very machine'));
    },
  );
}

class NetPingSender implements ProbeSender {
  private address: string;
  private family: 4 | 6;

  constructor(
    target: ProbeTarget,
    private readonly session: (family: 4 | 6) => NetPingSession,
  ) {
    this.address = plain(target.address, target.family);
    this.family = target.family;
  }

  send(report: ProbeReport): void {
    const { address, family } = this;
    this.session(family).request(address, report.sent, result => this.pass(result, address, report));
  }

  readdress(address: string, family: 4 | 6): void {
    this.address = plain(address, family);
    this.family = family;
  }

  /** The session outlives each of its targets: it ends with this process. */
  close(): void {}

  private pass(result: Result, asked: string, report: ProbeReport): void {
    if (result.kind === 'unreachable') report.unreachable(result.from);
    else if (result.kind === 'unsent') report.unsent(result.reason);
    else if (result.from !== asked) report.unexpectedSource(result.from);
    else report.answered(result.ttl);
  }
}

/** The address as the socket writes the source of a reply. */
function plain(address: string, family: 4 | 6): string {
  return new SocketAddress({ address, family: `ipv${family}` }).address;
}

function open({ plan }: Request & { type: 'open' }): Prober {
  const sessions = new Map<4 | 6, NetPingSession>();
  const session = (family: 4 | 6) => {
    const open = sessions.get(family) ?? new NetPingSession(library, family, plan.timeoutMs, fail);
    sessions.set(family, open);
    return open;
  };
  for (const { family } of plan.targets) session(family);
  const emit = (samples: (Answer & { type: 'samples' })['samples']) => post({ type: 'samples', samples });
  const prober = openPaced('net-ping', plan, { emit }, target => new NetPingSender(target, session));
  post({ type: 'done' });
  return prober;
}

let prober: Prober | undefined;
process.on('message', (request: Request) => {
  try {
    if (request.type === 'check') check(request.family);
    else if (request.type === 'open') prober = open(request);
    else if (request.type === 'add') prober?.add(request.target);
    else if (request.type === 'remove') prober?.remove(request.target);
    else prober?.readdress(request.target, request.address, request.family);
  } catch (error) {
    fail(error as Error);
  }
});
process.on('disconnect', () => process.exit());
