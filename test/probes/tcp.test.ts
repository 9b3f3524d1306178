import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tcp } from '../../probes/tcp.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { prepared, probed } from '../support/probed.js';

const connecting = suite('tcp');

async function listening(host: string) {
  const server = createServer(socket => socket.on('error', () => {}));
  server.listen(0, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Sockets in TIME_WAIT (state 06) at a local port, as the kernel lists them. */
const timeWaits = (port: number) => {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.filter(line => line.includes(hex) && / 06 /.test(line)).length;
};

connecting('an open port answers, and leaves nothing in TIME_WAIT', async () => {
  const { server, port } = await listening('127.0.0.1');
  const { samples } = await probed(tcp, { port, intervalMs: 5, until: found => found.length >= 50 });
  const left = process.platform === 'linux' ? timeWaits(port) : 0;
  server.close();
  assert.ok(
    samples.every(({ outcome }) => outcome.kind === 'reply' && outcome.rttMs > 0 && outcome.stamp === 'user'),
  );
  assert.is(left, 0);
});

connecting('a closed port answers too', async () => {
  const { server, port } = await listening('127.0.0.1');
  server.close();
  const { samples } = await probed(tcp, { port, until: found => found.length >= 3 });
  assert.ok(samples.every(({ outcome }) => outcome.kind === 'reply'));
});

connecting('the option sets the port of a target without one', async () => {
  const { server, port } = await listening('127.0.0.1');
  let connections = 0;
  server.on('connection', () => connections++);
  await probed(tcp, { options: { port }, until: () => connections >= 2 });
  server.close();
  assert.ok(connections >= 2);
});

connecting('sends from the given interface, and refuses a missing one', async () => {
  const { server, port } = await listening('127.0.0.1');
  let from: string | undefined;
  server.on('connection', socket => (from = socket.remoteAddress));
  await probed(tcp, { port, interface: '127.0.0.1', until: () => from !== undefined });
  server.close();
  assert.is(from, '127.0.0.1');

  const { plan, ports } = prepared({
    interface: 'nope0',
    targets: [{ id: 'vm', address: '127.0.0.1', family: 4, phaseMs: 0 }],
  });
  const error = await tcp.open(plan, ports).catch(error => error);
  assert.match(error.message, /no interface has the name or IPv4 address "nope0"/);
});

interface Seen {
  outcomes: Record<string, unknown>[];
  /** The most sockets that were connecting at once. */
  sockets: number;
}

/** Runs the prober in a namespace, at 100 Hz with a timeout of 200 ms, until it has told of 50 probes. */
async function probedIn(namespace: Namespace, address: string): Promise<Seen> {
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { tcp } = await import(${at('../../probes/tcp.js')});
    const { probed } = await import(${at('../support/probed.js')});
    let sockets = 0;
    const until = found => {
      sockets = Math.max(sockets, process.getActiveResourcesInfo().filter(name => /^TCP/.test(name)).length);
      return found.length >= 50;
    };
    const { samples } = await probed(tcp, { address: '${address}', intervalMs: 10, timeoutMs: 200, until });
    console.log(JSON.stringify({ sockets, outcomes: samples.map(sample => sample.outcome) }));`;
  const child = namespace.spawn([process.execPath, '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout!.on('data', text => (output += text));
  await once(child, 'close');
  return JSON.parse(output);
}

const rooted = needing(connecting, { root: true, commands: ['ip', 'unshare', 'nsenter'] });

rooted('no route of our own is unsent; a router that reports the host unreachable is a loss', async () => {
  const here = await Namespace.create();
  const router = await Namespace.create();
  try {
    assert.equal((await probedIn(here, '10.99.0.1')).outcomes[0], { kind: 'unsent', reason: 'ENETUNREACH' });
    join(here, router, 'tcp0', 81);
    here.run('ip route add default via 10.81.0.2');
    router.run('sysctl -q -w net.ipv4.ip_forward=1');
    router.run('ip route add unreachable 10.99.0.0/16');
    const { outcomes } = await probedIn(here, '10.99.0.1');
    assert.equal(outcomes.find(({ kind }) => kind === 'lost')!, { kind: 'lost', reason: 'unreachable' });
  } finally {
    here.close();
    router.close();
  }
});

rooted('silence is a loss at the timeout, and holds no more sockets than timeout / interval', async () => {
  const here = await Namespace.create();
  const there = await Namespace.create();
  try {
    join(here, there, 'tcp1', 82);
    // Nobody answers ARP for .9, so the SYN waits in the neighbour's queue.
    const { outcomes, sockets } = await probedIn(here, '10.82.0.9');
    assert.ok(outcomes.every(({ kind, reason }) => kind === 'lost' && reason === 'timeout'));
    // Each socket being connected counts twice: itself and its connect request.
    assert.ok(sockets >= 10 && sockets <= 2 * (200 / 10 + 3), `${sockets} at once`);
  } finally {
    here.close();
    there.close();
  }
});

connecting.run();
