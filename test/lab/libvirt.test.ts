import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../probes/hypervisor/backend.js';
import { libvirt } from '../../probes/hypervisor/libvirt.js';
import { libvirtJob } from '../../src/core/hypervisor/libvirt-job.js';
import { makeCertificates } from '../../src/lab/certificates.js';
import { DAEMON_ADDRESSES, startDaemons } from '../../src/lab/libvirt/pair.js';
import { Namespace } from '../../src/lab/namespace.js';
import { remove, scratchFolder } from '../../src/lab/scratch.js';
import { needing } from '../support/needs.js';
import { until } from '../support/until.js';

const test = suite('two real libvirtd');
const real = needing(test, {
  root: true,
  commands: ['libvirtd', 'virsh', 'openssl', 'qemu-system-x86_64', 'unshare'],
});

/** A domain that runs its firmware and nothing else. */
const BARE = `<domain type='qemu'>
  <name>web</name>
  <uuid>77000000-0000-4000-8000-000000000099</uuid>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>`;

function watch(uri: string) {
  const reports: Report[] = [];
  const ends: string[] = [];
  const connection = libvirt.open(uri, {
    now: () => performance.timeOrigin + performance.now(),
    domain: () => {},
    report: (_domain, _at, _knownAt, report) => void reports.push(report),
    ended: error => void ends.push(error.message),
  });
  const jobs = () => reports.flatMap(report => (report.kind === 'job' ? [report] : []));
  return { reports, jobs, ends, stop: () => connection.stop() };
}

real(
  'a migration over TLS is reported by both, with the figures of domjobinfo; a daemon that ends, ends its connection',
  async () => {
    const folder = scratchFolder();
    mkdirSync(folder, { recursive: true });
    const namespace = await Namespace.create();
    const certificates = makeCertificates(join(folder, 'certificates'), DAEMON_ADDRESSES);
    const daemons = await startDaemons(namespace, folder, certificates);
    const watched = daemons.map(daemon => watch(daemon.uri('libvirt-sock-ro')));
    const [there, here] = watched as [ReturnType<typeof watch>, ReturnType<typeof watch>];
    try {
      const [source, destination] = daemons;
      const file = join(folder, 'web.xml');
      writeFileSync(file, BARE);
      await source.virsh('define', file);
      await source.virsh('start', 'web');
      await until(() => there.reports.some(({ status }) => status === 'running'), 'it is listed', 20_000);
      const target = `tcp://${destination.address}`;
      const uri = destination.remoteUri(true);
      await source.virsh('migrate', '--live', '--p2p', '--tls', '--migrateuri', target, 'web', uri);
      const figures = await source.virsh(
        'domjobinfo',
        'web',
        '--completed',
        '--keep-completed',
        '--rawstats',
      );
      await until(() => there.jobs().at(-1)?.status === 'completed', 'the source reports it');
      await until(() => here.jobs().at(-1)?.status === 'completed', 'the destination reports it');
      const { direction, ...reported } = there.jobs().at(-1)!;
      const { kind: _, ...own } = { ...reported };
      assert.equal([direction, own], ['outgoing', libvirtJob(figures.split('\n'))!.figures]);
      assert.ok(here.jobs().every(job => job.direction === 'incoming'));
      await destination.close();
      await until(() => here.ends.length > 0, 'the connection ends');
      assert.equal(there.ends, []);
    } finally {
      await Promise.all(watched.map(each => each.stop()));
      await Promise.all(daemons.map(daemon => daemon.close()));
      namespace.close();
      remove(folder);
    }
  },
);

test.run();
