import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Millis } from '../../src/core/sample.js';
import { howEnded, tailOf } from '../../src/system/child-process.js';

const UNSTARTABLE = new Set(['ENOENT', 'EACCES']);
const MAX_STDERR = 1000;

/** How a run of ping ended. */
export interface End {
  /** Its last error message, or how it ended; safe to show. */
  reason: string;
  /** It can't be started at all: there is no such program. */
  missing: boolean;
}

/** The options of iputils' ping, in an order that all of its versions accept. */
export function pingArguments(address: string, family: 4 | 6, intervalMs: Millis, from?: string): string[] {
  const seconds = String(intervalMs / 1000);
  return ['-n', '-D', '-O', `-${family}`, '-i', seconds, ...(from ? ['-I', from] : []), '--', address];
}

/** So that ping writes messages and numbers as the parser expects them; nothing else of our environment. */
const environment = () => ({ PATH: process.env.PATH ?? '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' });

/** Starts ping; `onLine` gets its output line by line, `onEnd` is called once. */
export function startPing(
  args: string[],
  onLine: (line: string) => void,
  onEnd: (end: End) => void,
): ChildProcess {
  const child = spawn('ping', args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  // Without free file descriptors, spawn returns a child without pipes, which emits an error but no close.
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

/** The output of a ping that ran to its end. */
export interface Run {
  output: string;
  complaint: string;
  /** The code of the error, if it could not start. */
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
      // Node throws errors that it does not expect at the start of a program, such as EPERM.
      run(error as NodeJS.ErrnoException, '', '');
    }
  });
}

/** The last line that begins with `ping:`, since a page of usage may follow. Safe to show. */
function complaintIn(text: string): string {
  const lines = text.trim().split('\n');
  const line = lines.findLast(each => each.startsWith('ping:')) ?? lines.at(-1)!;
  return line.replace(/[^\x20-\x7e]+/g, '?').slice(0, 200);
}
