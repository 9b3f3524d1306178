import { type ChildProcess, spawn } from 'node:child_process';
import { deferred } from '../../core/deferred.js';
import type { Millis } from '../../core/sample.js';
import { endChild, signalGroup } from '../../system/child-process.js';

export interface CommandOptions {
  /** Its standard input. */
  input: string;
  env: Record<string, string | undefined>;
  /** After this it is asked to end (SIGTERM), and made to a while later (SIGKILL), with all that it started. */
  limitMs: Millis;
}

export interface Command {
  /** Resolves when it has ended: with what went wrong, or what it said on standard error, if anything. */
  ended: Promise<string | undefined>;
  /** Makes it end now. */
  kill(): void;
}

const REFUSALS: Record<string, string> = {
  ENOENT: 'there is no such program',
  EACCES: 'this is no program that we may run',
  EMFILE: 'too many files are open',
  EPERM: 'it has file capabilities, and such programs cannot be started after sudo',
};
const GRACE: Millis = 2000;
const LAST_WORDS: Millis = 250;
const MAX_SAID = 300;

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
    void endChild({ ask: () => kill('SIGTERM'), kill: () => kill('SIGKILL'), gone: ended }, GRACE);
  }, limitMs);
  const end = (trouble: string | undefined) => {
    clearTimeout(limit);
    child.stderr?.destroy();
    const words = said.trim().replace(/\s+/g, ' ');
    resolve([trouble, words].filter(Boolean).join(': ') || undefined);
  };
  child.on('error', error => end(refusalOf(error)));
  // Where too many files are open there are no pipes, and the error tells.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, MAX_SAID);
  });
  // One that reads nothing has closed its end.
  child.stdin?.on('error', () => {}).end(input);
  // Its last words may still be on their way, but what it left running may hold its standard error open for ever.
  let lastWords: NodeJS.Timeout | undefined;
  child.on('exit', (code, signal) => {
    lastWords = setTimeout(end, LAST_WORDS, troubleOf(code, signal, late && limitMs));
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
