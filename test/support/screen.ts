import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { FakeTerminal } from './xterm.js';

export interface Screen {
  /** All rows, blanks at their ends cut off. */
  text(): string;
  line(row: number): string;
  press(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves with the screen's text once it holds what is looked for; rejects with what was there instead. */
  waitFor(wanted: RegExp | ((text: string) => boolean), timeoutMs?: number): Promise<string>;
  /** Everything the program wrote. */
  raw(): string;
  /** Stops and resumes reading, as a stalled terminal does. */
  stall(stalled: boolean): void;
  exit: Promise<{ code: number; signal: number }>;
  kill(signal: string): void;
  terminal: FakeTerminal;
  pid: number;
}

const PROGRAM = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const PATIENCE_MS = 15_000;

/** Runs the built program, or another script, in a pseudo-terminal. */
export function openScreen(
  argv: readonly string[],
  {
    cols = 80,
    rows = 24,
    env = {},
    script = PROGRAM,
  }: { cols?: number; rows?: number; env?: object; script?: string } = {},
): Screen {
  const pty = spawn(process.execPath, [script, ...argv], {
    cols,
    rows,
    name: 'xterm-256color',
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      TZ: 'UTC',
      ...env,
    },
  });
  const terminal = new FakeTerminal(cols, rows);
  let raw = '';
  const listeners = new Set<() => void>();
  pty.onData(data => {
    raw += data;
    terminal.write(data);
    void terminal.settled().then(() => {
      for (const listener of [...listeners]) listener();
    });
  });
  const exit = new Promise<{ code: number; signal: number }>(done =>
    pty.onExit(({ exitCode, signal }) => {
      // The last words may still be on their way through the pty.
      setTimeout(() => void terminal.settled().then(() => done({ code: exitCode, signal: signal ?? 0 })), 50);
    }),
  );
  return {
    text: () => terminal.text(),
    line: row => terminal.line(row),
    press: keys => pty.write(keys),
    resize: (columns, lines) => {
      terminal.resize(columns, lines);
      pty.resize(columns, lines);
    },
    waitFor: (wanted, timeoutMs = PATIENCE_MS) =>
      new Promise((done, refuse) => {
        const holds = typeof wanted === 'function' ? wanted : (text: string) => wanted.test(text);
        const end = () => {
          clearTimeout(limit);
          listeners.delete(look);
        };
        const look = () => {
          const text = terminal.text();
          if (!holds(text)) return;
          end();
          done(text);
        };
        const limit = setTimeout(() => {
          end();
          refuse(new Error(`no ${wanted} within ${timeoutMs} ms; the screen was\n${terminal.text()}`));
        }, timeoutMs);
        listeners.add(look);
        look();
      }),
    raw: () => raw,
    stall: stalled => (stalled ? pty.pause() : pty.resume()),
    exit,
    kill: signal => pty.kill(signal),
    terminal,
    pid: pty.pid,
  };
}
