import { spawn } from 'node:child_process';
import { CLI } from './headless.js';
import { PATIENCE_MS } from './until.js';

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs migwatch to its end; killed, with code null, when it takes longer than `limitMs`. */
export function migwatch(
  args: readonly string[],
  input = '',
  limitMs = PATIENCE_MS,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const run: Run = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => (run.stdout += text));
  child.stderr.setEncoding('utf8').on('data', text => (run.stderr += text));
  child.stdin.on('error', () => {}); // closed by one that reads nothing
  child.stdin.end(input);
  return new Promise(done =>
    child.on('close', code => {
      clearTimeout(limit);
      done({ ...run, code });
    }),
  );
}

/** Runs tasks, so many at a time, and returns their results in order. */
export async function inLanes<T>(tasks: readonly (() => Promise<T>)[], lanes = 3): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < tasks.length; index = next++) results[index] = await tasks[index]!();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
