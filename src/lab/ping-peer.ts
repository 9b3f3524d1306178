import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Sample } from '../core/sample.js';
import { isSample } from '../recording/reader.js';
import { ping } from '../sources/import/ping.js';
import { Skipped } from '../sources/import/skipped.js';
import { GUEST_ADDRESS } from './guest.js';
import type { Lab } from './lab.js';
import { killedWithParent } from './namespace.js';

/** The system's `ping -D -O` on the same VM at the same time, for comparison. */
export class PingPeer {
  readonly samples: Sample[] = [];
  private readonly log = ping.open({ target: GUEST_ADDRESS, timeoutMs: 1000, skipped: new Skipped() }, '-');
  private readonly closed: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.closed = once(child, 'close');
    let number = 0;
    createInterface(child.stdout!).on('line', text =>
      this.samples.push(...this.log.read(text, ++number).filter(isSample)),
    );
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
    this.samples.push(...this.log.end().filter(isSample));
  }
}
