import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import './home.js';
import { PATIENCE_MS } from './until.js';

export const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: lines are checked field by field by those who read them
export type Line = Record<string, any>;

/** A `migwatch watch --headless` that runs, its lines as they come. */
export class Headless {
  readonly lines: Line[] = [];
  errors = '';
  private readonly waiting = new Set<() => void>();
  private readonly closed: Promise<{ code: number | null }>;

  private constructor(readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', text => {
      this.lines.push(JSON.parse(text));
      for (const check of this.waiting) check();
    });
    child.stderr!.on('data', text => {
      this.errors += text;
    });
    this.closed = once(child, 'close').then(([code]) => ({ code }));
  }

  /** `enter` wraps the command line, to run it in a namespace or as another user. */
  static start(
    args: string[],
    enter: (command: string[]) => string[] = command => command,
    env = {},
  ): Headless {
    const [program, ...rest] = enter([process.execPath, CLI, 'watch', '--headless', ...args]);
    return new Headless(
      spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } }),
    );
  }

  of(type: string): Line[] {
    return this.lines.filter(line => line.type === type);
  }

  /** The last word on each event. */
  events(): Line[] {
    return [...new Map(this.of('event').map(event => [event.id, event])).values()];
  }

  /** Resolves with the first line, past or future, that fits. Rejects after `limitMs` with what was heard instead. */
  async until(fits: (line: Line) => boolean, limitMs = PATIENCE_MS): Promise<Line> {
    const find = () => this.lines.find(fits);
    if (find()) return find()!;
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        clearTimeout(limit);
        this.waiting.delete(check);
        end();
      };
      const check = () => {
        const line = find();
        if (line) finish(() => resolve(line));
      };
      const limit = setTimeout(
        () =>
          finish(() =>
            reject(
              new Error(
                `not heard in ${limitMs} ms: ${fits}\n${this.errors}${JSON.stringify(this.lines.slice(-5))}`,
              ),
            ),
          ),
        limitMs,
      );
      this.waiting.add(check);
    });
  }

  /** Ends it by a signal and returns its exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal);
    return (await this.closed).code;
  }

  async exit(): Promise<number | null> {
    return (await this.closed).code;
  }
}

export const sleep = (ms: number) => new Promise<void>(done => setTimeout(done, ms));
