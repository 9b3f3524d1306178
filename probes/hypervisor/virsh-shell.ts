import { type ChildProcess, spawn } from 'node:child_process';
import type { Millis } from '../../src/core/sample.js';
import { endChild, howEnded, signalGroup } from '../../src/system/child-process.js';

/** Domains by the thousand take some hundred kilobytes. */
const MAX_OUTPUT = 4_194_304;
const MAX_ERROR = 300;
const ANSWER_TIMEOUT_MS: Millis = 10_000;
/** An ssh connection may ask a name server and an agent first. */
const FIRST_TIMEOUT_MS: Millis = 30_000;
const STOP_TIMEOUT_MS: Millis = 2000;

const MERGED = 'exec virsh --readonly --quiet --connect "$@" 2>&1';

/**
 * Starts virsh, read only, as a group of its own: it starts ssh, which ends with it. A password prompt finds no terminal.
 * Errors come in the same stream as answers, so that their order is kept.
 */
export function startVirsh(uri: string, args: readonly string[]): ChildProcess {
  return spawn('sh', ['-c', MERGED, 'sh', uri, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
  });
}

/** Ends it with its children. Resolves when it is gone. */
export function endVirsh(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  const signal = (name: NodeJS.Signals) => signalGroup(child, name);
  return endChild({ ask: () => signal('SIGTERM'), kill: () => signal('SIGKILL'), gone }, STOP_TIMEOUT_MS);
}

/** The answer to one command, and when it was sent and answered on our time line. */
export interface VirshAnswer {
  lines: readonly string[];
  /** virsh's error, if it wrote one. */
  error: string | undefined;
  sentAt: Millis;
  receivedAt: Millis;
}

/** An interactive virsh that runs one command after the other, since a process for each would cost 30 ms. */
export class VirshShell {
  private readonly child: ChildProcess;
  private readonly gone: Promise<unknown>;
  private output = '';
  private waiting: { mark: string; sentAt: Millis; resolve(answer: VirshAnswer): void } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private marks = 0;
  private isOver = false;

  constructor(
    uri: string,
    private readonly ports: { now(): Millis; ended(error: Error): void },
  ) {
    this.child = startVirsh(uri, []);
    this.child.stdin?.on('error', () => {});
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.take(text));
    this.gone = new Promise<string>(done => {
      this.child.once('error', error => done(error.message));
      this.child.once('close', (code, signal) => done(`virsh ended: ${howEnded(code, signal)}`));
    }).then(how => this.end(new Error(errorIn(this.output.split('\n')) ?? how)));
  }

  /** Never settles if virsh ends. `command` is one of ours: it holds no text from outside but UUIDs. */
  ask(command: string): Promise<VirshAnswer> {
    return new Promise(resolve => {
      if (this.isOver) return;
      const mark = `@@${++this.marks}`;
      this.waiting = { mark, sentAt: this.ports.now(), resolve };
      this.output = '';
      this.child.stdin?.write(`${command}\necho ${mark}\n`);
      const timeoutMs = this.marks === 1 ? FIRST_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
      const late = () => this.end(new Error(`virsh does not answer within ${timeoutMs / 1000} s`));
      this.timer = setTimeout(late, timeoutMs);
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await endVirsh(this.child, this.gone);
  }

  /** virsh repeats each command behind its prompt, and writes the mark on a line of its own. */
  private take(text: string): void {
    this.output += text;
    if (this.output.length > MAX_OUTPUT) this.end(new Error('virsh writes too much'));
    const { waiting } = this;
    const end = waiting ? this.output.indexOf(`\n${waiting.mark}`) : -1;
    if (!waiting || end < 0) return;
    this.waiting = undefined;
    clearTimeout(this.timer);
    const lines = this.output
      .slice(0, end)
      .split('\n')
      .filter(line => line !== '' && !/^(@@\d+)?virsh [#>]/.test(line));
    const receivedAt = this.ports.now();
    waiting.resolve({ lines, error: errorIn(lines), sentAt: waiting.sentAt, receivedAt });
  }

  private end(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    signalGroup(this.child, 'SIGKILL');
    this.ports.ended(error);
  }
}

/** The errors that virsh wrote, in its words. */
export function errorIn(lines: readonly string[]): string | undefined {
  const errors = lines.filter(each => each.startsWith('error: ')).map(each => each.slice('error: '.length));
  return errors.length === 0 ? undefined : [...new Set(errors)].join(': ').slice(0, MAX_ERROR);
}
