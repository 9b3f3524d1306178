import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Qmp } from '../../src/lab/qmp.js';

/** A QEMU that runs its firmware and nothing else: enough to be paused and migrated, in a tenth of a second. */
export class BareQemu {
  private constructor(
    private readonly child: ChildProcess,
    /** The monitor that the test drives it with. */
    readonly qmp: Qmp,
    /** The socket of a second monitor. */
    readonly monitor: string,
  ) {}

  static async start(folder: string, name: string, { incoming = false } = {}): Promise<BareQemu> {
    const path = (what: string) => join(folder, `${name}.${what}`);
    const child = spawn(
      'qemu-system-x86_64',
      [
        ...['-name', name, '-machine', 'q35,accel=tcg', '-m', '64', '-nodefaults', '-display', 'none'],
        ...['-qmp', `unix:${path('own')},server=on,wait=off`],
        ...['-qmp', `unix:${path('qmp')},server=on,wait=off`],
        ...(incoming ? ['-incoming', 'defer'] : []),
      ],
      { stdio: 'ignore' },
    );
    const qmp = await Qmp.connect(path('own'), () => child.exitCode === null);
    return new BareQemu(child, qmp, path('qmp'));
  }

  /** Switches the events of migrations on, as the lab and libvirt do. */
  async withEvents(): Promise<this> {
    await this.qmp.execute('migrate-set-capabilities', {
      capabilities: [{ capability: 'events', state: true }],
    });
    return this;
  }

  /** Resolves with the result of `query-migrate`, and the times of STOP and RESUME in ms. */
  async migrateTo(destination: BareQemu, bytesPerSecond: number) {
    const uri = `unix:${destination.monitor}.migration`;
    await destination.qmp.execute('migrate-incoming', { uri });
    await this.qmp.execute('migrate-set-parameters', { 'max-bandwidth': bytesPerSecond });
    const [stop, resume] = [this.qmp.next('STOP'), destination.qmp.next('RESUME')];
    await this.qmp.execute('migrate', { uri });
    const [stopped, resumed] = await Promise.all([stop, resume]);
    for (;;) {
      const result = (await this.qmp.execute('query-migrate')) as Record<string, unknown>;
      // The figures are there a moment after the status.
      if (result.status === 'completed' && result['total-time'])
        return { result, stopAt: stopped.at * 1000, resumeAt: resumed.at * 1000 };
      await new Promise(done => setTimeout(done, 10));
    }
  }

  async kill(): Promise<void> {
    this.qmp.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
