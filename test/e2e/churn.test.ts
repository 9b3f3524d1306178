/** Targets that come, go and change their address while others are watched: each is probed, and nobody else is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Churn } from '../support/churn.js';
import { Destinations, type Sent } from '../support/destinations.js';
import { Headless, type Line, sleep } from '../support/headless.js';
import { NameServer } from '../support/name-server.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { sideBySide } from '../support/side-by-side.js';
import { PATIENCE_MS } from '../support/until.js';

const test = sideBySide(suite('targets that change'));
const rooted = needing(test, { root: true, commands: ['ip', 'unshare', 'nsenter'] });
const captured = needing(test, { root: true, commands: ['ip', 'unshare', 'nsenter', 'tcpdump'] });
const named = needing(test, { root: true, commands: ['ip', 'unshare', 'nsenter', 'tcpdump', 'dnsmasq'] });

/** How many times the list is reread: more by `MIGWATCH_RUNS`. */
const REREADS = Number(process.env.MIGWATCH_RUNS ?? 30);

rooted('one address by two names: each is removed and added again, and the other goes on', async () => {
  const folder = mkdtempSync(pathOf(tmpdir(), 'migwatch-shared-'));
  const list = pathOf(folder, 'list');
  const here = await Namespace.create();
  const write = (...targets: string[]) => writeFileSync(list, targets.join('\n'));
  write('localhost', '127.0.0.1', '127.0.0.2');
  const args = ['-4', '-i', '10ms', '--samples', '-f', list];
  const monitor = Headless.start(args, command => here.inside(command));
  /** Each of these answers twenty times more, and every request could be sent. */
  const answer = async (...targets: string[]) => {
    const from = monitor.lines.length;
    const since = () => monitor.lines.slice(from);
    const replies = (target: string) => since().filter(line => isEcho(line, target)).length;
    await until(() => targets.every(target => replies(target) >= 20));
    assert.not(since().find(({ kind }) => kind === 'unsent'));
  };
  const reread = async (...targets: string[]) => {
    monitor.errors = '';
    write(...targets);
    monitor.child.kill('SIGUSR1');
    await until(() => monitor.errors.includes('read again'));
    await answer(...targets);
  };
  try {
    await answer('localhost', '127.0.0.1', '127.0.0.2');
    await reread('127.0.0.1', '127.0.0.2');
    await reread('127.0.0.2');
    await reread('127.0.0.1', '127.0.0.2');
    await reread('localhost', '127.0.0.1', '127.0.0.2');
    await reread('localhost', '127.0.0.2');
    assert.is(await monitor.end(), 130);
  } finally {
    monitor.child.kill('SIGKILL');
    here.close();
    rmSync(folder, { recursive: true });
  }
});

named(
  'a silent name goes from A to B and back to A: it is probed there, and another target loses nothing',
  async () => {
    const [A, B, OTHER] = ['10.87.0.101', '10.87.0.102', '10.87.0.2'] as const;
    const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
    join(here, there, 'wire', 87);
    // Both are there for ARP, and answer no echo.
    for (const silent of [A, B]) {
      there.run(`ip addr add ${silent}/32 dev lo`);
      there.run(`ip rule add from ${silent} blackhole`);
    }
    const names = await NameServer.start(here, { 'vm.test': A });
    const sent: Sent[] = [];
    const capture = await Destinations.watch(here, each => void sent.push(each));
    const monitor = Headless.start(
      ['-4', '-i', '20ms', '--witness', 'none', '--samples', 'vm.test', OTHER],
      command => names.inside(command),
    );
    try {
      await monitor.until(line => isEcho(line, OTHER));
      const ofName = () => sent.map(({ to }) => to).filter(to => to !== OTHER);
      for (const address of [B, A]) {
        names.set({ 'vm.test': address });
        await monitor.until(line => line.type === 'target' && line.address === address);
        await until(() => new Set(ofName().slice(-20)).size === 1 && ofName().at(-1) === address);
      }
      assert.is(await monitor.end(), 130);
      assert.equal(new Set(ofName()), new Set([A, B]));
      const kinds = new Set(monitor.of('sample').map(({ target, kind }) => `${target} ${kind}`));
      assert.ok(kinds.has('vm.test lost') && kinds.has(`${OTHER} reply`));
      for (const never of ['vm.test unsent', `${OTHER} unsent`, `${OTHER} lost`])
        assert.not(kinds.has(never), never);
      assert.is(await capture.stop(), 0);
    } finally {
      monitor.child.kill('SIGKILL');
      capture.close();
      names.close();
      here.close();
      there.close();
    }
  },
);

captured('a list that is reread at random: each request goes to an address that it names', async () => {
  const churn = await Churn.start({ seed: 7 });
  try {
    for (let reread = 0; reread < REREADS; reread++) await churn.reread();
    await churn.settle();
    assert.equal(churn.wrong, []);
    assert.ok(churn.seen > REREADS, `${churn.seen} requests were captured`);
  } finally {
    await churn.end();
  }
  assert.is(churn.exitCode, 130);
});

function isEcho({ type, probe, kind, target }: Line, of: string): boolean {
  return type === 'sample' && probe === 'icmp' && kind === 'reply' && target === of;
}

async function until(holds: () => boolean): Promise<void> {
  for (const limit = Date.now() + PATIENCE_MS; !holds(); await sleep(10))
    assert.ok(Date.now() < limit, `never: ${holds}`);
}

test.run();
