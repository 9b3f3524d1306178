import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endChild, howEnded, signalGroup, tailOf } from '../../src/system/child-process.js';

const test = suite('child processes');

/** Starts a shell script in a process group of its own, and waits for its first line. */
async function started(script: string) {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  const signal = (name: NodeJS.Signals) => signalGroup(child, name);
  const end = (timeoutMs: number) =>
    endChild({ ask: () => signal('SIGTERM'), kill: () => signal('SIGKILL'), gone: closed }, timeoutMs);
  return { child, closed, end };
}

test('a child that ends when it is asked to is not killed, and takes along what it started', async () => {
  const { child, closed, end } = await started('sleep 1000 & echo ready; wait');
  // Its output is closed only when the sleep has ended too.
  await end(60_000);
  assert.is(howEnded(...((await closed) as [number | null, NodeJS.Signals | null])), 'SIGTERM');
  signalGroup(child, 'SIGKILL');
});

test('a child that ignores the request is killed after the timeout', async () => {
  const { child, end } = await started('trap "" TERM; echo ready; sleep 1000');
  await end(20);
  assert.is(howEnded(child.exitCode, child.signalCode), 'SIGKILL');
});

test('of what a child writes, the end is kept', async () => {
  const child = spawn('sh', ['-c', 'seq 100000 >&2; exit 3'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const tail = tailOf(child.stderr, 10);
  const [code, signal] = await once(child, 'close');
  assert.is(tail(), '99\n100000\n');
  assert.is(howEnded(code, signal), 'exit code 3');
  assert.is(tailOf(null, 10)(), '');
});

test.run();
