import { spawnSync } from 'node:child_process';
import './home.js';
import { PATIENCE_MS } from './until.js';

const LOOK_MS = 75;

/** A tmux of our own with a shell in it: keys, job control and detaching are real. */
export class Tmux {
  constructor(columns: number, rows: number) {
    const shell = 'env LC_ALL=C.UTF-8 PS1="$ " bash --norc --noprofile';
    this.run('new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, shell);
  }

  run(...words: string[]): string {
    const named = ['-L', `migwatch-${process.pid}`, '-f', '/dev/null', ...words];
    return spawnSync('tmux', named, { encoding: 'utf8' }).stdout;
  }

  keys(...keys: string[]): void {
    this.run('send-keys', ...keys);
  }

  text(): string {
    return this.run('capture-pane', '-p');
  }

  /** Of tmux, such as `cursor_flag`. */
  value(name: string): string {
    return this.run('display', '-p', `#{${name}}`).trim();
  }

  /** Resolves with the pane's text once it holds what is looked for; rejects with what was there instead. */
  async waitFor(wanted: RegExp): Promise<string> {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      const text = this.text();
      if (wanted.test(text)) return text;
      await new Promise(done => setTimeout(done, LOOK_MS));
    }
    throw new Error(`no ${wanted}; the pane was\n${this.text()}`);
  }

  close(): void {
    this.run('kill-server');
  }
}
