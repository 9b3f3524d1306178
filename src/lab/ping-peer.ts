import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parsePingLine } from '../../probes/ping/ping-line.js';
import type { Sample } from '../core/sample.js';
import { PingImport } from '../sources/import/ping.js';
import { GUEST_ADDRESS } from './guest.js';
import type { Lab } from './lab.js';
import { killedWithParent } from './namespace.js';

/** The system's `ping -D -O` on the same VM at the same time: what people use today. */
export class PingPeer {
  readonly samples: Sample[] = [];
  private readonly log = new PingImport({ target: GUEST_ADDRESS });
  private readonly closed: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.closed = once(child, 'close');
    createInterface(child.stdout!).on('line', text => {
      const line = parsePingLine(text);
      if (line) this.samples.push(...this.log.read(line));
    });
  }

  static start(lab: Lab, intervalMs: number): PingPeer {
    const command = ['ping', '-n', '-D', '-O', '-i', String(intervalMs / 1000), GUEST_ADDRESS];
    return new PingPeer(
      lab.observer.spawn(killedWithParent(command, 'TERM'), { stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  }

  async stop(): Promise<void> {
    this.child.kill('SIGINT');
    await this.closed;
    this.samples.push(...this.log.end());
  }
}
