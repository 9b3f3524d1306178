/** Real faults on our own side of the network: none of them is a migration, and all of them are survived. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { join, Namespace } from '../../src/lab/namespace.js';
import { readAll } from '../recording/session.js';
import { Headless, type Line, sleep } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { sideBySide } from '../support/side-by-side.js';

const test = sideBySide(suite('faults of the network'));
const rooted = needing(test, { root: true, commands: ['ip', 'tc', 'nft', 'unshare', 'nsenter'] });
const NEAR = '10.83.0.2';
/** Behind the default route. */
const FAR = '10.99.0.2';

interface Fault {
  /** Commands inside the observer's namespace, a line each. */
  begin: string;
  end: string;
  target?: string;
  /** Why the light is then amber. */
  says?: RegExp;
}

const FAULTS: Record<string, Fault> = {
  'the interface goes down and up': {
    begin: 'ip link set wire down',
    end: 'ip link set wire up',
    says: /cannot send: (ENETDOWN|ENETUNREACH|ENODEV)/,
  },
  'our address goes, and another comes': {
    begin: 'ip addr del 10.83.0.1/24 dev wire',
    end: 'ip addr add 10.83.0.7/24 dev wire',
  },
  'the default route goes and comes back': {
    target: FAR,
    begin: 'ip route del default',
    end: `ip route add default via ${NEAR}`,
    says: /cannot send: ENETUNREACH/,
  },
  'a firewall forbids us to send': {
    begin:
      'nft add table ip own\nnft add chain ip own out { type filter hook output priority 0; policy drop; }',
    end: 'nft delete table ip own',
    says: /cannot send: EPERM/,
  },
  'the queue of the interface is full': {
    begin: 'tc qdisc add dev wire root tbf rate 8bit burst 150 limit 150',
    end: 'tc qdisc del dev wire root',
    says: /cannot send: ENOBUFS/,
  },
};

async function path(): Promise<{ here: Namespace; there: Namespace }> {
  const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
  join(here, there, 'wire', 83);
  there.run(`ip addr add ${FAR}/32 dev lo`);
  here.run(`ip route add default via ${NEAR}`);
  return { here, there };
}

const isReplyOf = (target: string, after: number) => (line: Line) =>
  line.type === 'sample' && line.kind === 'reply' && line.target === target && Date.parse(line.at) > after;

async function undergo({ begin, end, target = NEAR, says }: Fault): Promise<void> {
  const folder = mkdtempSync(pathOf(tmpdir(), 'migwatch-fault-'));
  const file = pathOf(folder, 'fault.jsonl');
  const { here, there } = await path();
  const monitor = Headless.start(
    ['--samples', '-i', '20ms', `--record=${file}`, target, '127.0.0.1'],
    command => here.inside(command),
  );
  try {
    await monitor.until(line => line.type === 'sample' && line.target === target && line.seq >= 150);
    for (const command of begin.split('\n')) here.run(command);
    await sleep(1200);
    for (const command of end.split('\n')) here.run(command);
    const mended = Date.now();
    await monitor.until(isReplyOf(target, mended + 1500));
    assert.is(await monitor.end('SIGTERM'), 143);
    if (says) assert.ok(monitor.of('light').some(({ light, why }) => light === 'amber' && says.test(why)));
    checkHarmless(monitor, file);
  } finally {
    await monitor.end('SIGKILL');
    here.close();
    there.close();
    rmSync(folder, { recursive: true });
  }
}

function checkHarmless(monitor: Headless, file: string): void {
  for (const { kind, startedAt, evidence } of monitor.events())
    assert.not.match(kind, /migration|ghost/, `${startedAt} ${JSON.stringify(evidence)}`);
  assert.not(
    monitor.of('light').some(({ light }) => light === 'red'),
    JSON.stringify(monitor.events()),
  );
  assert.is(readAll(file).ending.kind, 'complete');
}

for (const [name, fault] of Object.entries(FAULTS)) rooted(name, () => undergo(fault));

test.run();
