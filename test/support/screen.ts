import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { sleep } from './headless.js';
import { HOME } from './home.js';
import { PATIENCE_MS } from './until.js';
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
  /** The program's exit code. */
  exit: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  terminal: FakeTerminal;
  /** Of the program itself. */
  pid(): number;
}

/** Runs a program and then tells the terminal's modes and, last of all, its exit code; lingers until that is read. */
const AFTERWARDS = '"$@"; code=$?; echo; stty -a; echo "exit code $code"; sleep 0.5';
const LAST_WORDS = /\nexit code (\d+)\r?\n/;
export const PROGRAM = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const open = new Set<() => void>();
const LAST_WORDS_MS = 10_000;

interface ScreenOptions {
  cols?: number;
  rows?: number;
  env?: NodeJS.ProcessEnv;
  /** Wraps the command line, to run it in a namespace. */
  enter?(command: string[]): string[];
}

/** Runs the built program in a pseudo-terminal, from a shell that afterwards tells how the program left things. */
export function openScreen(
  argv: readonly string[],
  { cols = 80, rows = 24, env = {}, enter = command => command }: ScreenOptions = {},
): Screen {
  const pty = spawn('sh', ['-c', AFTERWARDS, 'sh', ...enter([process.execPath, PROGRAM, ...argv])], {
    cols,
    rows,
    // The pseudo-terminal's name becomes TERM, whatever `env` says.
    name: env.TERM ?? 'xterm-256color',
    env: {
      ...{
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...HOME,
        // Node hands it on by itself, a pseudo-terminal does not.
        ...(process.env.NODE_V8_COVERAGE && { NODE_V8_COVERAGE: process.env.NODE_V8_COVERAGE }),
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
        TZ: 'UTC',
      },
      ...env,
    },
  });
  open.add(() => pty.kill('SIGKILL'));
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
  // The last words may still be on their way through the pty when the process is gone.
  const exit = new Promise<void>(done => {
    pty.onData(() => LAST_WORDS.test(raw.slice(-100)) && done());
    pty.onExit(() => done());
  }).then(async () => {
    for (const end = Date.now() + LAST_WORDS_MS; !LAST_WORDS.test(raw) && Date.now() < end; ) await sleep(10);
    await terminal.settled();
    return Number(LAST_WORDS.exec(raw)?.[1]);
  });
  const pid = () => Number(readFileSync(`/proc/${pty.pid}/task/${pty.pid}/children`, 'utf8').trim());
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
    kill: signal => process.kill(pid(), signal),
    terminal,
    pid,
  };
}

/** Ends what a failed test left open, so that the run itself can end. */
export function closeScreens(): void {
  for (const close of open) close();
  open.clear();
}
