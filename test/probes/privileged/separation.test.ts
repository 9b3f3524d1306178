/** What code of others finds in a migwatch that was started by sudo: nothing that is worth more than its user. */
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Headless, type Line, sleep } from '../../support/headless.js';
import { detachFilter, intruderDetector, isPrivileged, type Loot, takeFrom } from '../../support/intruder.js';
import { join as joinNamespaces, Namespace } from '../../support/namespace.js';
import { needing } from '../../support/needs.js';
import { capabilities, descendants, ORDINARY, proberBelow, rightsOf } from '../../support/rights.js';
import { bySudo, SUDO, SUDO_NEEDS, USER } from '../../support/sudo.js';

const test = suite('separation of privilege');
const separated = needing(test, { ...SUDO_NEEDS, commands: [...SUDO_NEEDS.commands, 'ip', 'nsenter'] });

const folder = mkdtempSync(join(tmpdir(), 'migwatch-separation-'));
chmodSync(folder, 0o755);
if (process.getuid!() === 0) chownSync(folder, USER, USER);
test.after(() => rmSync(folder, { recursive: true }));

const isReply = (target: string) => (line: Line) =>
  line.type === 'sample' && line.kind === 'reply' && line.target === target;
const count = (monitor: Headless, target: string) => monitor.lines.filter(isReply(target)).length;

const nameOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
const CAP_NET_RAW = 1 << 13;
const CAP_SETUID_AND_SETGID = 3 << 6;

separated(
  'by the real sudo: a hostile detector finds no socket, no way to one, and no way back',
  async () => {
    const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
    joinNamespaces(here, there, 'wire', 84);
    const [detector, found] = [join(folder, 'intruder.mjs'), join(folder, 'loot.json')];
    writeFileSync(detector, intruderDetector(found));
    const VM = '10.84.0.2';
    const args = ['--samples', '-i', '20ms', '--detector', detector, VM];
    const monitor = Headless.start(args, command => here.inside(bySudo(command)));
    try {
      await monitor.until(isReply(VM));
      for (const limit = Date.now() + 60_000; !existsSync(found) && Date.now() < limit; ) await sleep(20);
      const { others, sudo, ...loot }: Loot = JSON.parse(readFileSync(found, 'utf8'));
      assert.equal(loot, {
        ...{ uid: USER, sockets: [], unfiltered: [], heard: [] },
        ...{ listed: [], taken: [], traced: [], opened: false },
      });
      assert.match(sudo, /no new privileges/);
      assert.ok(
        others.some(name => name.includes('privileged/child.js')),
        others.join(),
      );

      const [main] = descendants(monitor.child.pid!).filter(pid => nameOf(pid) === 'migwatch');
      assert.equal(rightsOf(main!), [ORDINARY]);
      const prober = proberBelow(monitor.child.pid!);
      const bounded = { ...ORDINARY, CapBnd: capabilities(CAP_NET_RAW | CAP_SETUID_AND_SETGID) };
      const raw = capabilities(CAP_NET_RAW);
      for (const rights of rightsOf(prober))
        assert.ok(
          [bounded, { ...bounded, CapPrm: raw, CapEff: raw }].some(each => isDeepStrictEqual(each, rights)),
          JSON.stringify(rights),
        );

      // Only root gets at its sockets; and even so not at what their filters drop.
      const sockets = takeFrom(prober).filter(isPrivileged);
      assert.is(sockets.length, 4, 'echo, clock, ARP and RARP; none for IPv6, and no spare');
      assert.equal(sockets.filter(detachFilter), []);

      const before = count(monitor, VM);
      await monitor.until(line => isReply(VM)(line) && count(monitor, VM) > before + 20);
    } finally {
      await monitor.end();
      here.close();
      there.close();
    }
  },
);

const isolated = needing(test, { root: true, commands: ['ip', 'nsenter', 'unshare'] });

/** Watches from one of two joined namespaces, as if started by sudo, and ends with the body. */
async function watched(
  args: readonly string[],
  body: (monitor: Headless, here: Namespace, there: Namespace) => Promise<void>,
) {
  const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
  joinNamespaces(here, there, 'wire', 85);
  const monitor = Headless.start(['--samples', '-i', '20ms', ...args], command => here.inside(command), SUDO);
  try {
    await body(monitor, here, there);
  } finally {
    await monitor.end('SIGKILL');
    here.close();
    there.close();
  }
}
const proberOf = (monitor: Headless) => proberBelow(monitor.child.pid!);
const said = async (monitor: Headless, what: RegExp) => {
  for (const limit = Date.now() + 60_000; !what.test(monitor.errors); await sleep(20))
    assert.ok(Date.now() < limit, `not said: ${what}, but ${monitor.errors}`);
};

isolated('sockets are opened when they are needed, bound to their interface and protocol', () => {
  const list = join(folder, 'targets.txt');
  writeFileSync(list, '10.85.0.2\n');
  return watched(['-f', list], async (monitor, here, there) => {
    await monitor.until(isReply('10.85.0.2'));
    const index = () => here.run('ip -o link show wire').split(':')[0];
    const open = (table: string) =>
      readFileSync(`/proc/${here.pid}/net/${table}`, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map(line => line.trim().split(/\s+/));
    const packet = () =>
      open('packet')
        .map(([, , , protocol, at]) => `${protocol} on ${at}`)
        .sort();
    assert.equal(packet(), [`0806 on ${index()}`, `8035 on ${index()}`]);
    assert.is(open('raw6').length, 0);

    writeFileSync(list, '10.85.0.2\nfd00:85::2\n');
    monitor.child.kill('SIGUSR1');
    await monitor.until(isReply('fd00:85::2'));
    assert.equal(packet(), [`0806 on ${index()}`, `8035 on ${index()}`, `86dd on ${index()}`]);
    assert.is(open('raw6').length, 1);

    here.run('ip link del wire');
    await said(monitor, /interface "wire" is gone/);
    joinNamespaces(here, there, 'wire', 85);
    await said(monitor, /interface "wire" is back/);
    assert.equal(packet(), [`0806 on ${index()}`, `8035 on ${index()}`, `86dd on ${index()}`]);
    for (const target of ['10.85.0.2', 'fd00:85::2']) {
      const before = count(monitor, target);
      await monitor.until(line => isReply(target)(line) && count(monitor, target) > before + 5);
    }
  });
});

isolated(
  'the privileged process opens no debugger, outlives signals to the job, and ends with migwatch',
  () =>
    watched(['10.85.0.2'], async (monitor, here) => {
      await monitor.until(isReply('10.85.0.2'));
      const prober = proberOf(monitor);
      for (const signal of ['SIGUSR1', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(prober, signal);
      const before = count(monitor, '10.85.0.2');
      await monitor.until(line => isReply('10.85.0.2')(line) && count(monitor, '10.85.0.2') > before + 20);
      assert.not.match(readFileSync(`/proc/${here.pid}/net/tcp`, 'utf8'), /:23F5 /, 'port 9229');
      await monitor.end('SIGKILL');
      while (existsSync(`/proc/${prober}`)) await sleep(10);
    }),
);

isolated('without the privileged process nothing is probed, and what to do is said', () =>
  watched(['10.85.0.2'], async monitor => {
    await monitor.until(isReply('10.85.0.2'));
    process.kill(proberOf(monitor), 'SIGKILL');
    await said(monitor, /the process that holds the raw sockets has ended: restart migwatch/);
    assert.is(await monitor.end('SIGTERM'), 143);
  }),
);

isolated('stopped and continued, the main process gets what was measured meanwhile', () =>
  watched(['10.85.0.2'], async monitor => {
    await monitor.until(isReply('10.85.0.2'));
    monitor.child.kill('SIGSTOP');
    await sleep(1000);
    const before = count(monitor, '10.85.0.2');
    monitor.child.kill('SIGCONT');
    await monitor.until(line => isReply('10.85.0.2')(line) && count(monitor, '10.85.0.2') > before + 60);
    const seqs = monitor.lines.filter(isReply('10.85.0.2')).map(({ seq }) => seq);
    assert.equal(
      seqs,
      seqs.map((_, index) => index),
    );
  }),
);

test.run();
