import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Millis } from '../../src/core/sample.js';
import { howEnded, tailOf } from '../../src/system/child-process.js';

const UNSTARTABLE = new Set(['ENOENT', 'EACCES']);
const MAX_STDERR = 1000;

/** What there is to know of a run of ping that has ended. */
export interface End {
  /** Its last complaint, or how it ended; safe to show. */
  reason: string;
  /** Not to be started at all: there is no such program. */
  missing: boolean;
}

/** The words that iputils' ping shares with no other, in an order that all of its versions take. */
export function pingArguments(address: string, family: 4 | 6, intervalMs: Millis, from?: string): string[] {
  const seconds = String(intervalMs / 1000);
  return ['-n', '-D', '-O', `-${family}`, '-i', seconds, ...(from ? ['-I', from] : []), '--', address];
}

/** ping's messages and numbers as the parser expects them, and nothing else of our environment. */
const environment = () => ({ PATH: process.env.PATH ?? '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' });

/** Starts ping; `onLine` gets its output line by line, `onEnd` is called once. */
export function startPing(
  args: string[],
  onLine: (line: string) => void,
  onEnd: (end: End) => void,
): ChildProcess {
  const child = spawn('ping', args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  // Short of file descriptors, spawn gives a child without pipes, and an error but no close.
  if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  const complaint = tailOf(child.stderr, MAX_STDERR);
  let ended = false;
  const end = (reason: string, missing: boolean) => {
    if (!ended) onEnd({ reason: complaintIn(reason), missing });
    ended = true;
  };
  child.once('error', (error: NodeJS.ErrnoException) =>
    end(error.message, UNSTARTABLE.has(error.code ?? '')),
  );
  child.once('close', (code, signal) => end(complaint() || `ended with ${howEnded(code, signal)}`, false));
  return child;
}

/** What became of a ping that ran to its end. */
export interface Run {
  output: string;
  complaint: string;
  /** Of the error, where it could not even start. */
  code?: string;
}

/** Runs ping to its end. */
export function pingOnce(args: string[]): Promise<Run> {
  return new Promise(done => {
    const run = (error: { code?: string | number | null } | null, output: string, complaint: string) =>
      done({
        output,
        complaint: complaintIn(complaint),
        ...(typeof error?.code === 'string' && { code: error.code }),
      });
    try {
      execFile('ping', args, { env: environment(), timeout: 3000 }, run);
    } catch (error) {
      // Node throws errors that it does not expect of a program to start, such as EPERM.
      run(error as NodeJS.ErrnoException, '', '');
    }
  });
}

/** ping's last word in its own name; what surrounds it may be a page of usage. Safe to show. */
function complaintIn(text: string): string {
  const lines = text.trim().split('\n');
  const line = lines.findLast(each => each.startsWith('ping:')) ?? lines.at(-1)!;
  return line.replace(/[^\x20-\x7e]+/g, '?').slice(0, 200);
}
