import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.js';
import { mortal } from './namespace.js';
import { Reader } from './reader.js';

/** The command line of a migwatch that watches the lab's hosts; it ends when we do. */
export function watchCommand(lab: Lab, flags: readonly string[]): string[] {
  const program = fileURLToPath(new URL('../cli.js', import.meta.url));
  return mortal([process.execPath, program, 'watch', ...flags, ...lab.targets], 'TERM');
}

/** A headless migwatch in the observer's place, read line by line. */
export class Watcher {
  readonly reader = new Reader();
  /** Rejects if it ends of its own accord. */
  readonly died: Promise<never>;
  private readonly closed: Promise<unknown>;
  private stopping = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
  ) {
    this.closed = once(child, 'close');
    this.died = this.closed.then(() =>
      this.stopping
        ? new Promise(() => {})
        : Promise.reject(new Error(`migwatch watch ended with ${child.exitCode ?? child.signalCode}`)),
    );
    this.died.catch(() => {});
    lines.on('line', line => this.reader.read(line, Date.now()));
  }

  /** Resolves when it watches. */
  static async start(lab: Lab, flags: readonly string[]): Promise<Watcher> {
    const command = watchCommand(lab, ['--headless', '--samples', '--hold', '0', ...flags]);
    const child = lab.observer.spawn(command, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const watcher = new Watcher(child, createInterface(child.stdout!));
    await Promise.race([once(watcher.lines, 'line'), watcher.died]);
    return watcher;
  }

  /** Ends it and resolves when all it said was read. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.child.kill('SIGINT');
    await this.closed;
  }
}
