import type { ChildProcess } from 'node:child_process';
import type { Millis } from '../src/core/sample.js';
import { endChild } from '../src/system/child-process.js';
import { now } from '../src/system/clock.js';
import { type End, pingArguments, pingOnce, startPing } from './ping/child.js';
import { parsePingLine } from './ping/ping-line.js';
import { PingReader, WallClock } from './ping/reader.js';
import type { Backend, Permission, ProbePlan, ProberPorts, ProbeTarget } from './prober.js';
import { InFlightProbes } from './timing/in-flight.js';
import { DeadlineTimer, SampleBatcher } from './timing/paced.js';

const BACK_OFF: { first: Millis; most: Millis } = { first: 250, most: 5000 };
const KILL_TIMEOUT_MS: Millis = 500;
const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;

/** Keeps one ping running for one target. */
class PingTarget {
  private readonly probes: InFlightProbes;
  private readonly deadlineTimer: DeadlineTimer;
  private readonly wallClock = new WallClock();
  /** The number of the next run's first probe. The first run has the numbers on the wire, which ping counts from 1. */
  private nextSeq = 1;
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private backOffMs = BACK_OFF.first;
  private running = true;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private target: ProbeTarget,
    private readonly plan: ProbePlan,
    private readonly ports: ProberPorts,
    batcher: SampleBatcher,
  ) {
    const { timeoutMs } = plan;
    this.probes = new InFlightProbes(
      { target: target.id, probe: 'ping', timeoutMs, lagToleranceMs: Infinity },
      sample => batcher.put(sample),
    );
    this.deadlineTimer = new DeadlineTimer(this.probes, () => this.now());
    this.timer = setTimeout(() => this.start(), target.phaseMs);
  }

  readdress(address: string, family: 4 | 6): void {
    if (address === this.target.address) return;
    this.target = { ...this.target, address, family };
    this.backOffMs = BACK_OFF.first;
    if (this.child) this.child.kill();
    else this.startIn(0);
  }

  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    this.deadlineTimer.stop();
    const kill = (signal: NodeJS.Signals) => this.child?.kill(signal);
    await endChild(
      { ask: () => kill('SIGTERM'), kill: () => kill('SIGKILL'), gone: this.ended },
      KILL_TIMEOUT_MS,
    );
  }

  private now(): Millis {
    return now(this.plan.origin);
  }

  private start(): void {
    const { address, family } = this.target;
    const { intervalMs, interface: from } = this.plan;
    const reader = new PingReader(this.probes, intervalMs, this.nextSeq);
    this.ended = new Promise(done => {
      this.child = startPing(
        pingArguments(address, family, intervalMs, from),
        line => this.take(line, reader),
        end => {
          this.child = undefined;
          done();
          if (this.running) this.recover(address, reader, end);
        },
      );
    });
  }

  private take(text: string, reader: PingReader): void {
    const line = parsePingLine(text);
    if (!this.running || line?.kind === 'header' || line?.stampMs === undefined) return;
    const knownAt = this.now();
    this.wallClock.compare(knownAt, Date.now());
    reader.read(line, knownAt, Math.min(knownAt, this.wallClock.onLine(line.stampMs)));
    this.deadlineTimer.update();
    this.backOffMs = BACK_OFF.first;
  }

  private recover(address: string, reader: PingReader, { reason, missing }: End): void {
    const silent = reader.nextSeq === this.nextSeq;
    this.nextSeq = reader.nextSeq;
    if (missing) {
      this.ports.fail(new Error(`ping can't be started again: ${reason}`));
      return;
    }
    if (address !== this.target.address) {
      this.startIn(0);
      return;
    }
    if (silent) this.probes.unsent(this.now(), 0, reason, this.nextSeq++);
    if (this.backOffMs === BACK_OFF.first)
      this.ports.notice(`ping to ${address} ended (${reason}); starting it again`);
    this.startIn(this.backOffMs);
    this.backOffMs = Math.min(BACK_OFF.most, this.backOffMs * 2);
  }

  private startIn(waitMs: Millis): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), waitMs);
  }
}

/** Pings this machine once, with the arguments that a target will get. */
async function tryPing(family: 4 | 6, intervalMs: Millis): Promise<Permission> {
  const args = pingArguments(LOOPBACK[family], family, intervalMs);
  const { output, complaint, code } = await pingOnce(['-c', '1', ...args]);
  const answered = output
    .split('\n')
    .map(parsePingLine)
    .some(line => line?.kind === 'reply' && line.stampMs !== undefined);
  if (answered) return { allowed: true };
  const [, reason, remedy] = REFUSALS.find(([sign]) => sign.test(`${code ?? ''} ${complaint} ${output}`))!;
  return { allowed: false, reason: `${reason}${complaint && ` (${complaint})`}`, ...(remedy && { remedy }) };
}

/** By what an unusable ping writes: the reason, and what helps. */
const REFUSALS: readonly [RegExp, string, string?][] = [
  [
    /EPERM/,
    'this ping has file capabilities, so it cannot be started after sudo: use icmp-raw, or start migwatch without sudo',
  ],
  [/ENOENT/, 'there is no ping on the PATH', 'install iputils, such as: sudo apt install iputils-ping'],
  [
    /option|usage/i,
    'this ping does not have -D and -O, so it is not the one of iputils',
    'install iputils, such as: sudo apt install iputils-ping',
  ],
  [
    /minimal interval/i,
    'ping refuses such a short interval to an ordinary user',
    'use a longer one, such as -i 200ms',
  ],
  [/permi/i, 'ping may not open its socket', 'sudo setcap cap_net_raw+ep "$(command -v ping)"'],
  [/^/, 'ping got no answer from this machine'],
];

/**
 * One process of the system's ping per target. The RTT has ping's three digits, and the schedule is ping's: it drifts by up
 * to a timer tick a probe. ping does not report when a probe leaves, so a probe is overdue one interval after it left at
 * the earliest. ping reports a probe that could not leave as unanswered.
 */
export const ping: Backend = {
  name: 'ping',
  probe: 'ping',
  summary:
    "RTT by the system's ping, one process per target: exact to 0.1 ms, expensive beyond a dozen targets",
  needs: 'ping of iputils (Linux)',
  forgeable: 'its replies match on an id of 16 bits and a count, which can be guessed',
  options: {},
  check: family => tryPing(family, 1000),
  open: async (plan, ports) => {
    for (const family of new Set(plan.targets.map(target => target.family))) {
      const permission = await tryPing(family, plan.intervalMs);
      if (!permission.allowed)
        throw new Error(`${permission.reason}${permission.remedy ? `: ${permission.remedy}` : ''}`);
    }
    const batcher = new SampleBatcher(samples => ports.emit(samples));
    const start = (target: ProbeTarget) => new PingTarget(target, plan, ports, batcher);
    const targets = new Map(plan.targets.map(target => [target.id, start(target)]));
    return {
      add: target => void targets.set(target.id, start(target)),
      remove: id => {
        void targets.get(id)?.stop();
        targets.delete(id);
      },
      readdress: (id, address, family) => targets.get(id)?.readdress(address, family),
      stop: async () => {
        await Promise.all([...targets.values()].map(target => target.stop()));
        batcher.flush();
      },
    };
  },
};
