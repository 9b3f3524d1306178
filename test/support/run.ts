import { spawn } from 'node:child_process';
import type { Run } from './cli.js';
import './home.js';

/** Runs a command to its end. */
export function exitOf([program, ...args]: readonly string[], env = {}): Promise<Run> {
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const run: Run = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => (run.stdout += text));
  child.stderr.setEncoding('utf8').on('data', text => (run.stderr += text));
  return new Promise(done => child.on('close', code => done({ ...run, code })));
}
