import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backends, chooseProbe, witnesses } from '../../probes/index.js';
import { Download } from '../../probes/stream/download.js';
import { stream } from '../../probes/stream.js';
import type { Playback, Sample } from '../../src/core/sample.js';
import { needing } from '../support/needs.js';
import { pause, prepared } from '../support/probed.js';

/** 8000 kbit/s: 1000 bytes are 1 ms of media. */
const OPTIONS = { rate: 8000, buffer: 1000, start: 300, rebuffer: 200 };

const playing = suite('stream');

interface Served {
  url: string;
  server: Server;
  /** The `Range` headers that came. */
  asked: (string | undefined)[];
}

async function serving(listener: RequestListener): Promise<Served> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip`, server, asked };
}

function close({ server }: Served): void {
  server.closeAllConnections();
  server.close();
}

/** Plays a URL until what was told fits, and tells all of it. */
async function played(
  url: string,
  until: (told: Playback[], notices: string[]) => boolean,
  options = OPTIONS,
) {
  const target = { id: 'vm', address: '127.0.0.1', family: 4 as const, phaseMs: 0, url };
  const { plan, samples, notices, failures, ports } = prepared({ targets: [target], options });
  const prober = await stream.open(plan, ports);
  const told = () => samples.map(({ outcome }) => outcome as Playback);
  for (let waited = 0; waited < 60_000 && !until(told(), notices); waited += 10) await pause(10);
  await prober.stop();
  const count = samples.length;
  assert.ok(until(told(), notices), `not seen: ${JSON.stringify(told().slice(-3))} ${notices}`);
  assert.equal(failures, []);
  return { samples, told: told(), notices, silentAfterStop: () => samples.length === count };
}

/** Bytes at a pace, until the reader goes away. */
function pour(response: ServerResponse, bytes: number, everyMs: number): void {
  const timer = setInterval(() => response.write(Buffer.alloc(bytes)), everyMs);
  response.on('close', () => clearInterval(timer));
}

/** A file whose server knows ranges. */
const FILE = Buffer.alloc(2500 * 1000, 7);
const ranged: RequestListener = (request, response) => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!.map(Number) as number[];
  if (from! >= FILE.length) {
    response.writeHead(416).end();
    return;
  }
  const last = Math.min(to!, FILE.length - 1);
  response.writeHead(206, { 'content-range': `bytes ${from}-${last}/${FILE.length}` });
  response.end(FILE.subarray(from!, last + 1));
};

playing('a file is fetched in pieces of a second, in a loop', async () => {
  const served = await serving(ranged);
  const options = { ...OPTIONS, buffer: 10_000 };
  const { samples, told, silentAfterStop } = await played(
    served.url,
    () => served.asked.length >= 4,
    options,
  );
  close(served);
  assert.equal(served.asked.slice(0, 4), [
    'bytes=0-999999',
    'bytes=1000000-1999999',
    'bytes=2000000-2999999',
    'bytes=0-999999',
  ]);
  assert.equal([told.at(-1)!.state, told.at(-1)!.stalls], ['playing', 0]);
  inOrder(samples);
  await pause(250);
  assert.ok(silentAfterStop());
});

function inOrder(samples: readonly Sample[]): void {
  assert.equal(
    samples.map(({ seq }) => seq),
    samples.map((_, index) => index),
  );
  assert.ok(samples.every(({ at, knownAt, probe }) => at === knownAt && probe === 'stream'));
  const spans = samples.slice(1).map(({ at }, index) => at - samples[index]!.at);
  assert.ok(
    spans.every(span => span > 100),
    `${Math.min(...spans)} ms between two reports`,
  );
}

playing('a live stream has no end: what is not needed yet is left to the server', async () => {
  const served = await serving((_, response) => {
    response.writeHead(200);
    const write = () => {
      while (response.write(Buffer.alloc(65_536)));
      response.once('drain', write);
    };
    write();
  });
  const { told } = await played(served.url, found => found.length > 5, { ...OPTIONS, buffer: 500 });
  close(served);
  assert.ok(Math.max(...told.map(({ bufferMs }) => bufferMs)) <= 600);
  assert.is(told.at(-1)!.state, 'playing');
  assert.is(served.asked.length, 1);
});

playing('a stream that comes at half its rate stalls, again and again', async () => {
  // 20 ms of media every 40 ms: it plays from 100 ms on for 200 ms, and waits 100 ms for 50 ms.
  const served = await serving((_, response) => pour(response.writeHead(200), 20_000, 40));
  const options = { ...OPTIONS, start: 100, rebuffer: 50 };
  const { told } = await played(served.url, found => (found.at(-1)?.stalls ?? 0) >= 3, options);
  close(served);
  assert.ok(told.at(-1)!.stalledMs >= 150, `${told.at(-1)!.stalledMs} ms`);
  assert.ok(told.some(({ lowestMs }) => lowestMs === 0));
  for (const [index, each] of told.entries())
    if (index > 0) assert.ok(each.stalledMs >= told[index - 1]!.stalledMs, 'a total never falls');
});

playing(
  'a connection that is cut is opened anew, said once, and the trouble is over when data comes',
  async () => {
    let requests = 0;
    const served = await serving((_, response) => {
      response.writeHead(200);
      if (requests++ > 0) return pour(response, 50_000, 20);
      response.write(Buffer.alloc(500_000), () => setTimeout(() => response.destroy(), 50));
    });
    const { told, notices } = await played(
      served.url,
      found =>
        found.some(({ trouble }) => trouble) &&
        found.at(-1)?.state === 'playing' &&
        !found.at(-1)!.trouble &&
        requests > 1,
    );
    close(served);
    assert.equal(notices, ['the stream of vm: cut off; trying again']);
    assert.ok(told.some(({ trouble }) => trouble === 'cut off'));
  },
);

const TROUBLES: [string, RequestListener, RegExp][] = [
  ['an error of the server', (_, response) => response.writeHead(503).end(), /HTTP 503/],
  [
    'a playlist',
    (_, response) =>
      response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end('#EXTM3U'),
    /a playlist: name a media file/,
  ],
  [
    'redirects in a circle',
    (_, response) => response.writeHead(302, { location: '/clip' }).end(),
    /too many redirects/,
  ],
  [
    'a redirect to nowhere',
    (_, response) => response.writeHead(302, { location: 'http://[' }).end(),
    /ERR_INVALID_URL/,
  ],
  [
    'a redirect to what is no web address',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /ERR_INVALID_PROTOCOL/,
  ],
  ['nonsense', request => request.socket.end('nonsense\x1b[2J\r\n\r\n'), /HPE_/],
];
playing('whatever is wrong is said, and never plays', async () => {
  await Promise.all(
    TROUBLES.map(async ([what, listener, said]) => {
      const served = await serving(listener);
      const { told, notices } = await played(served.url, found => found.at(-1)?.trouble !== undefined);
      close(served);
      assert.match(notices[0]!, said, what);
      assert.match(told.at(-1)!.trouble!, said, what);
      assert.ok(told.every(({ state, bufferMs }) => state === 'starting' && bufferMs === 0));
    }),
  );
});

playing('nobody who listens is said too', async () => {
  const served = await serving(() => {});
  close(served);
  const { notices } = await played(served.url, (_, said) => said.length > 0);
  assert.equal(notices, ['the stream of vm: ECONNREFUSED; trying again']);
});

playing('a server that moved is followed', async () => {
  const there = await serving(ranged);
  const here = await serving((_, response) => response.writeHead(307, { location: there.url }).end());
  const { told } = await played(here.url, found => found.at(-1)?.state === 'playing');
  for (const served of [here, there]) close(served);
  assert.ok(told.every(({ trouble }) => trouble === undefined));
});

playing(
  'waits for an answer, and for more of it, only so long, and a little longer after each failure',
  async () => {
    const PATIENCE = { answerMs: 60, dataMs: 90, retryMs: 20, longestRetryMs: 40 };
    const silent = await serving(() => {});
    const stuck = await serving((_, response) => response.writeHead(200).write('x'));
    const why = async (served: Served) => {
      const said: string[] = [];
      const ports = {
        received: () => {},
        room: async () => {},
        failed: (text: string) => void said.push(text),
      };
      const download = new Download({ url: served.url, pieceBytes: 1000 }, ports, PATIENCE);
      for (let waited = 0; waited < 60_000 && said.length < 2; waited += 10) await pause(10);
      await download.close();
      close(served);
      return said[1];
    };
    assert.equal(await Promise.all([why(silent), why(stuck)]), [
      'no answer for 0.06 s',
      'no data for 0.09 s',
    ]);
  },
);

playing('is a witness, and no way of echoing', () => {
  assert.ok(witnesses.includes(stream));
  assert.not(backends.includes(stream));
});

playing('options that would let it wait for ever are refused', () => {
  assert.is(chooseProbe('stream:rate=1000,buffer=6s').options.rebuffer, 2000);
  assert.throws(() => chooseProbe('stream:buffer=1s'), /stream:start must be at most the buffer, 1s, not 2s/);
  assert.throws(() => chooseProbe('stream:rate=0'), /stream:rate must be between 1 and 1000000, not "0"/);
});

for (const [program, ...args] of [
  ['python3', '-m', 'http.server', '-b', '127.0.0.1'],
  ['busybox', 'httpd', '-f', '-p'],
] as const)
  needing(playing, { commands: [program] })(`plays what ${program} serves`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
    writeFileSync(join(folder, 'clip'), FILE);
    const { url, server } = await serving(() => {});
    const { port } = new URL(url);
    server.close();
    const address = program === 'busybox' ? `127.0.0.1:${port}` : port;
    const child = spawn(program, [...args, address], { cwd: folder, stdio: 'ignore' });
    try {
      while (!(await listens(Number(port)))) await pause(20);
      const { told } = await played(url, found => found.at(-1)?.state === 'playing');
      assert.is(told.at(-1)!.stalls, 0);
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const heard = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return heard;
}

playing.run();
