import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Run } from './cli.js';
import './home.js';
import { PATIENCE_MS } from './until.js';

const HOST = fileURLToPath(new URL('./program-host.js', import.meta.url));
/** Ends a run's part of an output; nothing that is tested writes it. */
const MARK = `\n${randomUUID()}\n`;

/**
 * A `migwatch` that is started once and runs one command line after the other in the same process, because most of a
 * short run is Node loading the program. For commands that end by themselves; their standard input is empty. A run that takes
 * longer than `limitMs`, or ends its process by a crash, has the code null, and the next one starts a new process.
 */
export function sharedProgram(limitMs = PATIENCE_MS): (words: readonly string[]) => Promise<Run> {
  let host: Host | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const runNext = async (words: readonly string[]) => {
    host = host?.isAlive ? host : new Host();
    return host.run(words, limitMs);
  };
  return words => {
    const run = last.then(() => runNext(words));
    last = run;
    return run;
  };
}

class Host {
  private readonly child: ChildProcess;
  private readonly output = { stdout: '', stderr: '' };
  private check = () => {};
  private code: number | null | undefined;

  constructor() {
    this.child = fork(HOST, [MARK], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const name of ['stdout', 'stderr'] as const)
      this.child[name]!.setEncoding('utf8').on('data', (text: string) => {
        this.output[name] += text;
        this.check();
      });
    this.child.on('message', (code: number) => {
      this.code = code;
      this.check();
    });
    this.child.on('close', () => {
      this.code = null;
      this.check();
    });
    // The host ends with us, and does not keep us from our end.
    const { stdout, stderr, channel } = this.child;
    for (const handle of [this.child, channel!, stdout as Socket, stderr as Socket]) handle.unref();
  }

  get isAlive(): boolean {
    return this.code !== null;
  }

  run(words: readonly string[], limitMs: number): Promise<Run> {
    this.code = undefined;
    this.child.send(words);
    const limit = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    return new Promise(resolve => {
      this.check = () => {
        if (!this.isOver()) return;
        clearTimeout(limit);
        resolve({ code: this.code!, stdout: this.taken('stdout'), stderr: this.taken('stderr') });
      };
    });
  }

  /** The process ended, or told its code and wrote both marks. */
  private isOver(): boolean {
    const { stdout, stderr } = this.output;
    return this.code === null || (this.code !== undefined && stdout.endsWith(MARK) && stderr.endsWith(MARK));
  }

  private taken(name: 'stdout' | 'stderr'): string {
    const text = this.output[name];
    this.output[name] = '';
    return text.endsWith(MARK) ? text.slice(0, -MARK.length) : text;
  }
}
