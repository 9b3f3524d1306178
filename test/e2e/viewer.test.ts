import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('a viewer in a session');
test.after.each(closeScreens);
/** More than a busy machine keeps a viewer waiting. */
const PATIENT = ['--probe', 'stream:rate=800,buffer=2s,start=1s,rebuffer=300ms'];
const OPTIONS = ['--probe', 'stream:rate=800,buffer=600ms,start=300ms,rebuffer=300ms'];

/** Ends the servers of failed tests, so that this process can end. */
const servers = new Set<() => void>();
test.after(() => {
  for (const close of servers) close();
});

/** A live stream at twice its rate, as long as `holds` is not said. */
async function serving() {
  const viewers = new Set<ServerResponse>();
  let held = false;
  const server = createServer((_, response) => {
    viewers.add(response);
    response.writeHead(200);
  });
  const timer = setInterval(() => {
    for (const viewer of viewers) if (!held) viewer.write(Buffer.alloc(10_000));
  }, 50);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    servers.delete(close);
    clearInterval(timer);
    server.closeAllConnections();
    server.close();
  };
  servers.add(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live?token=secret`;
  return { url, close, hold: (on: boolean) => (held = on) };
}

test('on the screen it plays while it is served, and stalls while it is not', async () => {
  const { url, close, hold } = await serving();
  const argv = ['vm=127.0.0.1', '--witness', 'none', '--stream', url, ...PATIENT];
  const screen = openScreen(argv, { cols: 120, rows: 40 });
  const text = await screen.waitFor(/► PLAYING \d\.\d s/);
  assert.match(text, /echo, stream; gaps only, causes unclear/);
  assert.match(text, /viewer · 800 kbit\/s · http:\/\/127\.0\.0\.1:\d+\/live ─/);
  assert.match(text, /never stalled/);
  hold(true);
  await screen.waitFor(/║ STALLED 0\.0 s[\s\S]*(stalled once|\d+ stalls), \d+\.\d s/);
  hold(false);
  await screen.waitFor(/► PLAYING[\s\S]*(stalled once|\d+ stalls)/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.not.match(screen.raw(), /secret/);
  close();
});

test('on the lines, in a recording and its replay it is the same', async () => {
  const { url, close } = await serving();
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
  const file = join(folder, 'x.jsonl');
  const argv = [
    'watch',
    '--headless',
    '--samples',
    '-d',
    '1200ms',
    `--record=${file}`,
    '--stream',
    url,
    ...OPTIONS,
  ];
  const live = await migwatch(argv);
  close();
  const replayed = await migwatch(['replay', '--headless', '--samples', file]);
  const csv = await migwatch(['export', '--csv', file]);
  const recorded = readFileSync(file, 'utf8');
  rmSync(folder, { recursive: true });
  const lines = (text: string) => text.split('\n').flatMap(line => (line ? [JSON.parse(line)] : []));
  const playbacks = (text: string) => lines(text).filter(({ kind }) => kind === 'playback');
  const [start] = lines(live.stdout);
  assert.equal(start.targets[0].stream, {
    url: url.replace(/\?.*/, ''),
    ...{ rate: 800, bufferMs: 600, startMs: 300, rebufferMs: 300 },
  });
  assert.is(start.targets[0].witnesses.at(-1), 'stream');
  const seen = playbacks(live.stdout);
  assert.ok(seen.length >= 3, live.stdout + live.stderr);
  assert.is(seen.at(-1).state, 'playing');
  assert.equal(playbacks(replayed.stdout), seen);
  assert.equal(lines(replayed.stdout)[0].targets, start.targets);
  const [heading, ...rows] = csv.stdout.split('\r\n').map(line => line.split(','));
  const column = heading!.indexOf('bufferMs');
  const told = rows
    .filter(row => row[heading!.indexOf('kind')] === 'playback')
    .map(row => Number(row[column]));
  assert.equal(
    told,
    seen.map(({ bufferMs }) => bufferMs),
  );
  assert.not.match(live.stdout + csv.stdout + recorded, /secret/);
});

test.run();
