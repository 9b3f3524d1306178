import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseHypervisor, parseHypervisors } from '../../probes/hypervisor/index.js';
import { libvirt } from '../../probes/hypervisor/libvirt.js';
import { DomainTargets } from '../../src/sources/domain-targets.js';
import { BareQemu } from '../support/bare-qemu.js';
import { fakeQmp, IDLE } from '../support/fake-qmp.js';
import { CLI, Headless } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { until } from '../support/until.js';

const test = suite('hypervisors beside the probes');
const withQemu = needing(test, { commands: ['qemu-system-x86_64'] });
const folder = mkdtempSync(join(tmpdir(), 'migwatch-hypervisors-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

withQemu(
  'a migration that QEMU reports is on the lines, in the recording and in its exports, and not seen',
  async () => {
    const source = await (await BareQemu.start(folder, 'a')).withEvents();
    const destination = await BareQemu.start(folder, 'b', { incoming: true });
    const file = join(folder, 'move.jsonl');
    const watch = Headless.start([
      ...['--hypervisor', `qmp:${source.monitor}=web`, '--hypervisor', `qmp:${destination.monitor}=web`],
      ...['--witness', 'none', '--samples', `--record=${file}`, 'web=127.0.0.1'],
    ]);
    try {
      const hosts = [source, destination].map(({ monitor }) => `qmp:${monitor}`);
      for (const host of hosts) await watch.until(line => line.kind === 'domain' && line.host === host);
      const { result } = await source.migrateTo(destination, 30e6);
      const done = await watch.until(
        line => line.type === 'job' && line.status === 'completed' && line.direction === 'outgoing',
      );
      assert.is(done.target, '127.0.0.1');
      assert.is(done.downtime, result.downtime);
      assert.is(done['total-time'], result['total-time']);
      const moving = watch.of('job').find(({ share }) => share !== undefined)!;
      assert.ok(moving.share >= 0 && moving.share <= 1, `${moving.share}`);
      const unseen = await watch.until(line => line.type === 'job' && line.seen === false);
      assert.is(unseen.host, hosts[0]);
    } finally {
      assert.is(await watch.end(), 130);
      await Promise.all([source.kill(), destination.kill()]);
    }
    assert.match(readFileSync(file, 'utf8'), '"completed"');
    const exported = (...args: string[]) =>
      execFileSync(process.execPath, [CLI, 'export', ...args, file], { encoding: 'utf8' });
    const { samples } = JSON.parse(exported());
    const job = samples.find(
      ({ direction, status }: Record<string, string>) => direction === 'outgoing' && status === 'completed',
    );
    const [heading, ...rows] = exported('--csv').split('\r\n');
    const column = heading!.split(',').indexOf('total-time');
    assert.ok(
      rows.some(row => row.includes(',job,') && row.split(',')[column] === String(job['total-time'])),
    );
  },
);

test('a connection that is cut is said once, tried again, and watching goes on', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const watch = Headless.start([
    ...['--hypervisor', `qmp:${peer.path}=web`, '--samples', '--witness', 'none', 'web=127.0.0.1'],
  ]);
  try {
    await watch.until(line => line.kind === 'domain' && line.link === 'up');
    peer.cut();
    const down = await watch.until(line => line.kind === 'domain' && line.link === 'down');
    assert.is(down.trouble, 'QEMU closed the QMP connection');
    const again = (line: { kind?: string; link?: string; seq?: number }) =>
      line.kind === 'domain' && line.link === 'up' && line.seq! > down.seq;
    await watch.until(again);
    await watch.until(line => line.kind === 'reply' && line.at > down.at);
  } finally {
    assert.is(await watch.end(), 130);
    await peer.close();
  }
  assert.is(watch.errors.split('goes on without its reports').length, 2, watch.errors);
  assert.match(watch.errors, 'answers again');
});

test('a socket that goes and comes with its VM is tried again without a notice', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const away = `${peer.path}.away`;
  const watch = Headless.start([
    ...['--hypervisor', `qmp:${peer.path}=web`, '--samples', '--witness', 'none', 'web=127.0.0.1'],
  ]);
  try {
    await watch.until(line => line.kind === 'domain' && line.link === 'up');
    renameSync(peer.path, away);
    peer.cut();
    const down = await watch.until(line => line.kind === 'domain' && line.link === 'down');
    await watch.until(line => line.kind === 'reply' && line.at > down.at + 1500);
    renameSync(away, peer.path);
    await watch.until(line => line.kind === 'domain' && line.link === 'up' && line.seq! > down.seq);
  } finally {
    assert.is(await watch.end(), 130);
    await peer.close();
  }
  assert.not.match(watch.errors, /goes on without its reports|answers again/);
});

test('a name that would act on a terminal is escaped, and one that is no target is named', async () => {
  const peer = await fakeQmp({ ...IDLE, 'query-name': { name: '\u001b]0;owned\u0007' } });
  const watch = Headless.start(['--hypervisor', `qmp:${peer.path}`, '--witness', 'none', '127.0.0.1']);
  try {
    await until(() => watch.errors.includes('no target is called'), 'the notice');
  } finally {
    await watch.end();
    await peer.close();
  }
  assert.not.match(watch.errors, '\u001b');
  assert.match(watch.errors, '=TARGET');
});

test('connections are read, and what is wrong is said with what was expected', () => {
  const { name, address, label } = parseHypervisor('qmp:/run/a=b.qmp=web');
  assert.equal([name, address, label], ['qmp:/run/a=b.qmp', '/run/a=b.qmp', 'web']);
  const uri = 'qemu+ssh://root@host1/system?no_verify=1';
  assert.equal(parseHypervisor(`libvirt:${uri}`).address, uri);
  for (const [text, why] of [
    ['vm.qmp', /is not a hypervisor: write qmp:/],
    ['qmp:vm.qmp', /a QMP address is \/PATH or HOST:PORT; write qmp:/],
    ['qmp:/run/vm=', /the target after = is missing/],
    ['libvirt:host1', /a libvirt address is a URI/],
  ] as const)
    assert.throws(() => parseHypervisor(text), why, text);
  assert.throws(() => parseHypervisors(['qmp:/a=x', 'qmp:/a=y']), /is given twice/);
});

test('--fail-on unreported asks for a hypervisor', async () => {
  const watch = Headless.start(['--fail-on', 'unreported', '127.0.0.1']);
  assert.is(await watch.exit(), 2);
  assert.match(watch.errors, '--fail-on unreported needs --hypervisor');
});

test('a domain is the target that announces its hardware address, has its address, or its name', () => {
  const info = (target: string, name: string, address: string) =>
    ({ target, name, address, backend: 'icmp', witnesses: [], simulated: false }) as const;
  const targets = new DomainTargets(() => [info('10.9.9.7', 'db', '10.9.9.7'), info('h', 'web', '10.9.9.8')]);
  const spec = { name: 'libvirt:x', backend: libvirt, address: 'x' };
  const mac = '52:54:00:12:34:56';
  targets.observe({
    ...{ at: 0, knownAt: 0, target: 'h', probe: 'announce', seq: 0 },
    outcome: { kind: 'announce', via: 'rarp', mac, gratuitous: true },
  });
  targets.put(spec, { name: 'one', macs: [mac], addresses: [] });
  targets.put(spec, { name: 'two', macs: [], addresses: ['10.9.9.7'] });
  targets.put(spec, { name: 'three', macs: [], addresses: ['10.9.9.9'] });
  assert.equal(
    ['one', 'two', 'three', 'web', 'db'].map(name => targets.find(spec, name)),
    ['h', '10.9.9.7', undefined, 'h', '10.9.9.7'],
  );
});

test('after very many domains that came and went, a new one is still found by its address', () => {
  const info = { target: 'web', name: 'web', address: '10.9.9.8', backend: 'icmp', witnesses: [] } as const;
  const targets = new DomainTargets(() => [{ ...info, simulated: false }]);
  const spec = { name: 'libvirt:x', backend: libvirt, address: 'x' };
  for (let number = 0; number < 12_000; number++) {
    targets.put(spec, { name: `short-lived-${number}`, macs: [], addresses: [] });
    targets.find(spec, `short-lived-${number}`);
  }
  targets.put(spec, { name: 'new', macs: [], addresses: ['10.9.9.8'] });
  assert.is(targets.find(spec, 'new'), 'web');
});

test.run();
