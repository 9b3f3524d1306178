import type { EventEmitter } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Millis } from '../core/sample.js';
import { deferred } from '../system/deferred.js';
import { within } from './time.js';

/** Time for the guest to run a command; on a busy machine, emulation takes seconds. */
const COMMAND_LIMIT_MS: Millis = 15_000;
const DONE = 'COMMAND DONE';

/** The two directions of a console, and what emits `close` at its end. */
interface Ends {
  input: Writable;
  output: Readable;
  owner: EventEmitter;
}

/** The guest's serial console. It is always read, because a full pipe would stop the guest. */
export class Console {
  private readonly lines: Interface;

  constructor(private readonly ends: Ends) {
    this.lines = createInterface(ends.output).on('error', () => {});
    // QEMU may end before it has read the last command.
    ends.input.on('error', () => {});
  }

  /** Resolves when the guest prints `text`; call it before the guest can. Rejects after `limitMs`, and when QEMU ends. */
  async prints(text: string, limitMs: Millis): Promise<void> {
    const printed = deferred<void>();
    const read = (line: string) => line.includes(text) && printed.resolve();
    const end = () => printed.reject(new Error(`QEMU ended before the guest printed "${text}"`));
    this.lines.on('line', read);
    this.ends.owner.once('close', end);
    try {
      await within(limitMs, printed.promise, `the guest did not print "${text}" within ${limitMs / 1000} s`);
    } finally {
      this.lines.off('line', read);
      this.ends.owner.off('close', end);
    }
  }

  /** Runs a line of shell in the guest. Resolves when it is done. */
  async run(command: string): Promise<void> {
    const done = this.prints(DONE, COMMAND_LIMIT_MS);
    // The quotes keep the command, which the console repeats, from counting as the answer.
    this.ends.input.write(`${command}; echo ${DONE.replace(' ', "' '")}\n`);
    await done;
  }
}
