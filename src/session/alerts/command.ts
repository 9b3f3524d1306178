import { type ChildProcess, spawn } from 'node:child_process';
import type { Millis } from '../../core/sample.js';
import { endChild, signalGroup } from '../../system/child-process.js';
import { deferred } from '../../system/deferred.js';

export interface CommandOptions {
  /** Its standard input. */
  input: string;
  env: Record<string, string | undefined>;
  /** After this the command and its children get SIGTERM, and SIGKILL 2 s later. */
  limitMs: Millis;
}

export interface Command {
  /** Resolves when the command ended: with the error or its standard error; undefined without either. */
  ended: Promise<string | undefined>;
  /** Ends it now (SIGKILL). */
  kill(): void;
}

const REFUSALS: Record<string, string> = {
  ENOENT: 'there is no such program',
  EACCES: 'this is no program that we may run',
  EMFILE: 'too many files are open',
  EPERM: 'it has file capabilities, and such programs cannot be started after sudo',
};
const KILL_DELAY_MS: Millis = 2000;
const STDERR_TIMEOUT_MS: Millis = 250;
const MAX_STDERR = 300;

/** Why the system did not start a program, in words. */
export function refusalOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REFUSALS[code] ?? message;
}

/**
 * Runs a program without a shell, in a process group of its own that inherits nothing but the ends of two pipes. Throws
 * where the system refuses at once.
 */
export function runCommand([program, ...args]: readonly string[], options: CommandOptions): Command {
  const { input, env, limitMs } = options;
  const { promise: ended, resolve } = deferred<string | undefined>();
  const child: ChildProcess = spawn(program!, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    env,
    detached: true,
  });
  let said = '';
  let late = false;
  const kill = (signal: NodeJS.Signals) => signalGroup(child, signal);
  const limit = setTimeout(() => {
    late = true;
    void endChild({ ask: () => kill('SIGTERM'), kill: () => kill('SIGKILL'), gone: ended }, KILL_DELAY_MS);
  }, limitMs);
  const end = (trouble: string | undefined) => {
    clearTimeout(limit);
    child.stderr?.destroy();
    const words = said.trim().replace(/\s+/g, ' ');
    resolve([trouble, words].filter(Boolean).join(': ') || undefined);
  };
  child.on('error', error => end(refusalOf(error)));
  // Without free descriptors there are no pipes; the `error` event holds the reason.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, MAX_STDERR);
  });
  // A command that reads nothing may close its end.
  child.stdin?.on('error', () => {}).end(input);
  // Standard error may still hold text, but a child that goes on running may keep it open for ever.
  let lastWords: NodeJS.Timeout | undefined;
  child.on('exit', (code, signal) => {
    lastWords = setTimeout(end, STDERR_TIMEOUT_MS, troubleOf(code, signal, late && limitMs));
  });
  child.on('close', (code, signal) => {
    if (lastWords) end(troubleOf(code, signal, late && limitMs));
    clearTimeout(lastWords);
  });
  return { ended, kill: () => kill('SIGKILL') };
}

function troubleOf(code: number | null, signal: string | null, limitMs: Millis | false): string | undefined {
  if (limitMs !== false) return `stopped, since it took longer than ${limitMs / 1000} s`;
  if (signal) return `ended by ${signal}`;
  return code === 0 ? undefined : `ended with code ${code}`;
}
