/** Faults of our own process: none of them is a migration, and all of them are survived. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAll, scratch } from '../recording/session.js';
import { Headless, type Line, sleep } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { sideBySide } from '../support/side-by-side.js';
import { PATIENCE_MS } from '../support/until.js';

const test = sideBySide(suite('faults of the process'));
const PRELOAD = `--import=${fileURLToPath(new URL('../support/worker-fault.js', import.meta.url))}`;

const isReply = (after: number) => (line: Line) =>
  line.type === 'sample' && line.kind === 'reply' && Date.parse(line.at) > after;

interface Circumstances {
  args?: string[];
  env?: Record<string, string>;
  enter?: (command: string[]) => string[];
}

/** Watches this machine while `body` does harm; then it still watches, the recording is whole, and nothing was red. */
async function survives(
  { args = ['-i', '20ms', '127.0.0.1'], env, enter }: Circumstances,
  body: (monitor: Headless) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-fault-'));
  const file = join(folder, 'fault.jsonl');
  const monitor = Headless.start(['--samples', `--record=${file}`, ...args], enter, env);
  try {
    await monitor.until(line => line.type === 'sample' && line.kind === 'reply' && line.seq >= 20);
    await body(monitor);
    await monitor.until(isReply(Date.now() + 1500));
    assert.is(await monitor.end('SIGTERM'), 143);
    assert.is(readAll(file).ending.kind, 'complete');
    assert.not(
      monitor.of('light').some(({ light }) => light === 'red'),
      JSON.stringify(monitor.events()),
    );
  } finally {
    await monitor.end('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** Resolves when the monitor has said so. */
async function said(monitor: Headless, what: RegExp, limitMs = PATIENCE_MS): Promise<void> {
  const limit = Date.now() + limitMs;
  while (!what.test(monitor.errors)) {
    assert.ok(Date.now() < limit, `not said: ${what}, but ${monitor.errors}`);
    await sleep(50);
  }
}

const probing = needing(test, { root: true });

probing('stopped for 4 s and continued', () =>
  survives({}, async monitor => {
    monitor.child.kill('SIGSTOP');
    await sleep(4000);
    monitor.child.kill('SIGCONT');
  }),
);

for (const fault of ['throw', 'hang'])
  probing(`a thread that ${fault}s: it is opened again, and its former sockets are closed`, () => {
    const signal = join(scratch(), 'now');
    const env = { NODE_OPTIONS: PRELOAD, WORKER_FAULT: fault, WORKER_FAULT_AT: signal };
    return survives({ env }, async monitor => {
      const before = openSockets(monitor.child.pid!);
      writeFileSync(signal, '');
      await said(monitor, /broke down: .*; opening it again in 1 s/);
      await monitor.until(isReply(Date.now()));
      assert.is(openSockets(monitor.child.pid!), before);
    });
  });

function openSockets(pid: number): number {
  const { stdout } = spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' });
  return stdout.match(/socket:/g)!.length;
}

const pinging = needing(test, { commands: ['ping'] });
const PINGED = ['--backend', 'ping', '-i', '200ms', '127.0.0.1'];

pinging('a ping that is killed', () =>
  survives({ args: PINGED }, async ({ child: { pid } }) => {
    const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const killed = children();
    process.kill(Number(killed), 'SIGKILL');
    while (children() === killed || children() === '') await sleep(50);
  }),
);

pinging('no descriptors left for all that it wants to open', () => {
  const many = Array.from({ length: 60 }, (_, index) => `127.0.1.${index + 1}`);
  const enter = (command: string[]) => ['sh', '-c', 'ulimit -n 96; exec "$@"', 'sh', ...command];
  return survives({ args: [...PINGED, ...many], enter }, monitor => said(monitor, /EMFILE/));
});

const isolated = needing(test, { root: true, commands: ['unshare'] });

isolated('no name server', () => {
  // Without a network of its own no name server is reached, whatever this machine uses.
  const inside = 'ip link set lo up; exec "$@"';
  return survives(
    {
      args: ['-i', '20ms', '127.0.0.1', 'db.example.org'],
      enter: command => ['unshare', '--net', 'sh', '-c', inside, 'sh', ...command],
    },
    monitor => said(monitor, /db\.example\.org.*trying again/),
  );
});

test.run();
