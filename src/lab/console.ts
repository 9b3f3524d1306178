import type { ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Millis } from '../core/sample.js';
import { deferred } from '../system/deferred.js';
import { within } from './time.js';

/** Time for the guest to run a command; on a busy machine, emulation takes seconds. */
const COMMAND_LIMIT_MS: Millis = 15_000;
const DONE = 'COMMAND DONE';

/**
 * The guest's serial console, on the standard input and output of its QEMU. It is always read, because a full pipe would
 * stop the guest.
 */
export class Console {
  private readonly lines: Interface;

  constructor(private readonly process: ChildProcess) {
    this.lines = createInterface(process.stdout!);
    // QEMU may end before it has read the last command.
    process.stdin!.on('error', () => {});
  }

  /** Resolves when the guest prints `text`; call it before the guest can. Rejects after `limitMs`, and when QEMU ends. */
  async prints(text: string, limitMs: Millis): Promise<void> {
    const printed = deferred<void>();
    const read = (line: string) => line.includes(text) && printed.resolve();
    const end = () => printed.reject(new Error(`QEMU ended before the guest printed "${text}"`));
    this.lines.on('line', read);
    this.process.once('close', end);
    try {
      await within(limitMs, printed.promise, `the guest did not print "${text}" within ${limitMs / 1000} s`);
    } finally {
      this.lines.off('line', read);
      this.process.off('close', end);
    }
  }

  /** Runs a line of shell in the guest. Resolves when it is done. */
  async run(command: string): Promise<void> {
    const done = this.prints(DONE, COMMAND_LIMIT_MS);
    // The quotes keep the command, which the console repeats, from counting as the answer.
    this.process.stdin!.write(`${command}; echo ${DONE.replace(' ', "' '")}\n`);
    await done;
  }
}
