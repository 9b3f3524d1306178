import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../src/core/sample.js';
import type { DateManners } from '../support/date-server.js';
import { needing } from '../support/needs.js';
import { pause } from '../support/probed.js';

const test = suite('the clock by HTTP');
const withBusybox = needing(test, { commands: ['busybox'] });
const program = (name: string) => fileURLToPath(new URL(`../support/${name}.js`, import.meta.url));
type Reading = Extract<Outcome, { kind: 'clock' }>;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** The prober on a URL, in a process of its own as in a session with little to draw. */
function reader(url: string) {
  const child = spawn(process.execPath, [program('clock-drive'), 'http', url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const readings: Reading[] = [];
  const notices: string[] = [];
  createInterface({ input: child.stdout }).on('line', line => {
    const { sample, notice } = JSON.parse(line);
    if (sample) readings.push(sample.outcome);
    if (notice) notices.push(notice);
  });
  return { readings, notices, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.stdin === null) child.kill();
  await once(child, 'close');
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 150_000; !holds(); await pause(20))
    if (performance.now() > end) throw new Error(`not within 150 s: ${what}`);
}

async function server(port: number) {
  const child = spawn(process.execPath, [program('date-server'), String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    set: (manners: Partial<DateManners>) => void child.stdin.write(`${JSON.stringify(manners)}\n`),
    stop: () => ended(child),
  };
}

test('it reads a real server’s clock, and its step of minus 280 ms', async () => {
  const port = await freePort();
  const served = await server(port);
  const { readings, notices, stop } = reader(`http://127.0.0.1:${port}/`);
  await until(() => readings.length >= 2, 'readings');
  const before = readings.length;
  served.set({ offsetMs: -280 });
  await until(() => readings.slice(before).filter(({ offsetMs }) => offsetMs < -200).length >= 2, 'the step');
  await stop();
  await served.stop();
  assert.ok(readings.every(({ via }) => via === 'http'));
  const [early, late] = [readings.slice(0, before), readings.filter(({ offsetMs }) => offsetMs < -140)];
  for (const [side, truth] of [
    [early, 0],
    [late, -280],
  ] as const) {
    // A busy server's second begins late, and then its date is late by more than a reader can see: the best reading counts.
    const wrong = side.map(({ offsetMs, errorMs }) => Math.abs(offsetMs - truth) - errorMs!);
    assert.ok(Math.min(...wrong) <= 30, `${JSON.stringify(side)} of ${truth} ms`);
  }
  assert.equal(notices, []);
});

test('a server behind a proxy is refused with words, and not read', async () => {
  const port = await freePort();
  const served = await server(port);
  served.set({ headers: { via: '1.1 edge' } });
  const { readings, notices, stop } = reader(`http://127.0.0.1:${port}/`);
  await until(() => notices.length > 0, 'the refusal');
  await stop();
  await served.stop();
  assert.is(readings.length, 0);
  assert.equal(notices, [
    'the clock of vm can’t be read by HTTP: its answers come through a cache or proxy (header via), whose clock is another; trying again'.replace(
      '’',
      "'",
    ),
  ]);
});

test('a port where nobody listens is named once, and asked again', async () => {
  const { notices, stop } = reader(`http://127.0.0.1:${await freePort()}/`);
  await until(() => notices.length > 0, 'the reason');
  await pause(1200);
  await stop();
  assert.equal(notices, ["the clock of vm can't be read by HTTP: ECONNREFUSED; trying again"]);
});

withBusybox('it reads a busybox httpd, which closes each connection', async () => {
  const port = await freePort();
  const child = spawn('busybox', ['httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', '/'], {
    stdio: 'ignore',
    cwd: '/',
  });
  const { readings, stop } = reader(`http://127.0.0.1:${port}/`);
  await until(() => readings.length >= 2, 'readings');
  await stop();
  await ended(child);
  // time(2) of busybox is the kernel's coarse clock, up to a tick of 10 ms old.
  for (const { offsetMs, errorMs } of readings)
    assert.ok(Math.abs(offsetMs) <= errorMs! + 12, `${offsetMs} ms, stated ± ${errorMs}`);
});

test.run();
