import { connect, type Socket } from 'node:net';
import { sourceAddress } from './net/source-address.js';
import type { Backend, ProbePlan, ProbeTarget } from './prober.js';
import { openPaced, type ProbeReport, type ProbeSender } from './timing/paced.js';

const options = {
  port: {
    default: 443,
    unit: '',
    help: 'port to connect to, if the target names none',
    min: 1,
    max: 65535,
  },
};

/** Errors that the host itself answers with, so it is alive. */
const ANSWERS = new Set(['ECONNREFUSED', 'ECONNRESET']);
/** Errors that the network reports. If they come at once, our own side has no route. */
const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);
/** The kernel gave up. The timeout of the plan reports this loss. */
const SILENCE = new Set(['ETIMEDOUT']);

/** Connects, and closes the connection at once, whatever the outcome. */
class TcpSender implements ProbeSender {
  private readonly open = new Set<Socket>();
  private readonly port: number;
  private address: string;
  private family: 4 | 6;
  private localAddress: string | undefined;

  constructor(
    target: ProbeTarget,
    private readonly plan: ProbePlan,
  ) {
    this.family = target.family;
    this.localAddress = sourceAddress(plan.interface, target.family);
    this.port = target.port ?? plan.options.port ?? options.port.default;
    this.address = target.address;
  }

  send(report: ProbeReport): void {
    const { address: host, port, family, localAddress } = this;
    const socket = connect({ host, port, family, ...(localAddress && { localAddress }) });
    report.sent();
    this.open.add(socket);
    // connect(2) is called in a later tick of this same turn; a request that fails before its end never left this machine.
    let leaving = true;
    queueMicrotask(() => (leaving = false));
    socket.once('connect', () => {
      report.answered();
      this.release(socket);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message;
      this.release(socket);
      if (ANSWERS.has(code)) report.answered();
      else if (NO_ROUTE.has(code) && !leaving) report.unreachable();
      else if (!SILENCE.has(code)) report.unsent(code);
    });
    socket.setTimeout(this.plan.timeoutMs, () => this.release(socket));
  }

  readdress(address: string, family: 4 | 6): void {
    this.address = address;
    // If the interface does not have the family, connect(2) fails with EINVAL: not sent.
    this.localAddress = sourceAddress(this.plan.interface, family) ?? this.localAddress;
    this.family = family;
  }

  close(): void {
    for (const socket of this.open) this.release(socket);
  }

  /** Resets a connection instead of closing it, so that none stays in TIME_WAIT. */
  private release(socket: Socket): void {
    this.open.delete(socket);
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  }
}

function checkInterface({ interface: wanted }: ProbePlan, { family }: ProbeTarget): void {
  if (wanted !== undefined && !sourceAddress(wanted, family))
    throw new Error(`no interface has the name or IPv${family} address "${wanted}": see \`ip address\``);
}

/**
 * The time from connect(2) to the answer to our SYN, as the event loop sees it: an open port accepts, a closed one
 * refuses, and both are replies. A firewall that rejects in the host's name looks the same. The kernel repeats a lost SYN
 * after 1 s, so an RTT just over 1 s (with a longer timeout) is really a loss. A socket is closed at the timeout, so there
 * are no late replies.
 */
export const tcp: Backend = {
  name: 'tcp',
  probe: 'tcp',
  summary: 'connect time to a TCP port; stamped in user space, so it grows with the load of this process',
  needs: 'nothing',
  options,
  check: async () => ({ allowed: true }),
  open: async (plan, ports) => {
    // First, because an error after an opened target would leave that open.
    for (const target of plan.targets) checkInterface(plan, target);
    return openPaced('tcp', plan, ports, target => {
      checkInterface(plan, target);
      return new TcpSender(target, plan);
    });
  },
};
