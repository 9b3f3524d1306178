import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Prober } from '../../../probes/prober.js';
import type { Outcome, OutcomeKind, Sample } from '../../../src/core/sample.js';
import type { Namespace } from '../../support/namespace.js';
import type { DriverPlan, ProberOrder } from './driver.js';

/** What only a broken prober takes, on a busy machine too. */
const LIMIT_MS = 60_000;

/** A prober in a process of its own, in a namespace if one is given, and all it has said so far. */
export class Drive {
  readonly samples: Sample[] = [];
  readonly notices: string[] = [];
  failed: string | undefined;
  stopped = false;
  /** Of a quiet prober that has stopped. */
  counts = { replies: 0, others: 0 };

  private constructor(readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', line => {
      const said = JSON.parse(line);
      this.samples.push(...(said.samples ?? []));
      if (said.notice) this.notices.push(said.notice);
      this.failed ??= said.failed;
      this.stopped ||= said.stopped === true;
      this.counts = said.counts ?? this.counts;
    });
  }

  static async start(plan: DriverPlan, inside?: Pick<Namespace, 'inside'>): Promise<Drive> {
    const command = [
      process.execPath,
      fileURLToPath(new URL('./driver.js', import.meta.url)),
      JSON.stringify(plan),
    ];
    const own = inside ? inside.inside(command) : command;
    const drive = new Drive(spawn(own[0]!, own.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] }));
    await once(drive.child.stdout!, 'data');
    return drive;
  }

  /** The samples of a target, or of all. */
  of(target?: string): Sample[] {
    return this.samples.filter(sample => target === undefined || sample.target === target);
  }

  /** The outcomes of one kind, in order. */
  outcomes<Kind extends OutcomeKind>(kind: Kind, target?: string): Extract<Outcome, { kind: Kind }>[] {
    const all = this.of(target).map(({ outcome }) => outcome);
    return all.filter((outcome): outcome is Extract<Outcome, { kind: Kind }> => outcome.kind === kind);
  }

  /** Resolves once it holds. After a minute it ends the process and throws an Error with the last samples. */
  async until(holds: () => boolean, what: string): Promise<void> {
    for (const end = Date.now() + LIMIT_MS; !holds(); await wait(10)) {
      if (Date.now() < end) continue;
      this.child.kill('SIGKILL');
      throw new Error(`not within a minute: ${what}; last: ${JSON.stringify(this.samples.slice(-5))}`);
    }
  }

  /** Calls a method of the prober. */
  order<Order extends ProberOrder>(order: Order, ...values: Parameters<Prober[Order]>): void {
    this.child.stdin!.write(`${JSON.stringify([order, ...values])}\n`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.stdin!.end();
    await once(this.child, 'close');
    await this.until(() => this.stopped || this.child.exitCode !== 0, 'its last words');
  }
}
