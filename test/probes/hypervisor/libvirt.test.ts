import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DomainIdentity, Report } from '../../../probes/hypervisor/backend.js';
import { libvirt } from '../../../probes/hypervisor/libvirt.js';
import { needing } from '../../support/needs.js';
import { until } from '../../support/until.js';

const test = suite('hypervisor: libvirt through virsh');
const withVirsh = needing(test, { commands: ['virsh'] });
const folder = mkdtempSync(join(tmpdir(), 'migwatch-virsh-'));
const { PATH } = process.env;
test.after.each(() => {
  process.env.PATH = PATH;
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

function watch(uri: string) {
  const reports: (Report & { domain: string })[] = [];
  const domains: DomainIdentity[] = [];
  const ends: string[] = [];
  const connection = libvirt.open(uri, {
    now: () => performance.timeOrigin + performance.now(),
    domain: identity => void domains.push(identity),
    report: (domain, _at, _knownAt, report) => void reports.push({ domain, ...report }),
    ended: error => void ends.push(error.message),
  });
  return { reports, domains, ends, stop: () => connection.stop() };
}

withVirsh(
  'libvirt’s own test driver: a domain with its hardware address, its address and its state',
  async () => {
    const there = watch('test:///default');
    try {
      await until(() => there.reports.length > 0, 'the domain is listed');
      assert.equal(there.domains, [
        { name: 'test', macs: ['aa:bb:cc:dd:ee:ff'], addresses: ['192.168.122.3'] },
      ]);
      assert.equal(there.reports, [{ domain: 'test', kind: 'domain', link: 'up', status: 'running' }]);
    } finally {
      await there.stop();
    }
    assert.equal(there.ends, []);
  },
);

withVirsh('a daemon that is not there ends the connection once, in virsh’s words', async () => {
  const there = watch(`qemu+unix:///system?socket=${folder}/none`);
  await until(() => there.ends.length > 0, 'it ends');
  await there.stop();
  assert.is(there.ends.length, 1);
  assert.match(there.ends[0]!, /failed to connect|No such file/);
});

/** A virsh that answers and writes events as libvirt 9.0 did in a real migration; it refuses to be started otherwise. */
const FAKE = `#!/bin/sh
[ "$1 $2" = "--readonly --quiet" ] || { echo "error: not read-only"; exit 1; }
stamp() { date -u '+%Y-%m-%d %H:%M:%S.%3N+0000'; }
case "$*" in
*" event "*)
  sleep 0.4
  echo "$(stamp): event 'migration-iteration' for domain 'web': iteration: '1'"
  sleep 0.6
  echo "$(stamp): event 'lifecycle' for domain 'web': Suspended Migrated"
  echo "$(stamp): event 'lifecycle' for domain 'web': Stopped Migrated"
  echo "$(stamp): event 'job-completed' for domain 'web':"
  printf '\\toperation: 5\\n\\ttime_elapsed: 3752\\n\\tdowntime: 75\\n\\tdowntime_net: 74\\n\\tmemory_total: 67502080\\n\\n'
  exec sleep 60;;
esac
while read -r line; do
  echo "virsh > $line"
  case "$line" in
  "list --all --uuid --name") echo "03638c25-e9f3-4ff7-bd62-d1561a97fcf4 web";;
  "list --all") echo " 1    web    running";;
  domiflist*) echo " vnet0   network   default   virtio   52:54:00:AA:BB:CC";;
  domjobinfo*) printf 'Job type: 2\\n\\noperation: 5\\ntime_elapsed: 926\\nmemory_total: 1000\\nmemory_remaining: 250\\n';;
  echo*) printf '%s' "\${line#echo }";;
  esac
done
`;

function fakeVirsh(script: string): void {
  const path = join(folder, 'virsh');
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  process.env.PATH = `${folder}${delimiter}${PATH}`;
}

test('a migration: its phases, its figures while it runs, and its result', async () => {
  fakeVirsh(FAKE);
  const there = watch('qemu:///system');
  try {
    const jobs = () => there.reports.filter(({ kind }) => kind === 'job');
    await until(() => jobs().some(({ status }) => status === 'completed'), 'the result');
    assert.equal(there.domains[0]!.macs, ['52:54:00:aa:bb:cc']);
    const running = jobs().find(job => 'remaining' in job);
    assert.equal(running, {
      ...{ domain: 'web', kind: 'job', direction: 'outgoing', status: 'active' },
      ...{ 'total-time': 926, total: 1000, remaining: 250 },
    });
    assert.equal(jobs().at(-1), {
      ...{ domain: 'web', kind: 'job', direction: 'outgoing', status: 'completed' },
      ...{ 'total-time': 3752, downtime: 75, downtime_net: 74, total: 67_502_080 },
    });
    const events = there.reports.flatMap(report =>
      report.kind === 'domain' && report.event !== undefined ? [[report.event, report.status]] : [],
    );
    assert.equal(events, [
      ['Suspended Migrated', 'paused'],
      ['Stopped Migrated', 'shut off'],
    ]);
  } finally {
    await there.stop();
  }
});

test('two migrations that end at the same moment keep their own figures', async () => {
  const results = ['web', 'db']
    .map(
      (name, index) =>
        `echo "$(stamp): event 'job-completed' for domain '${name}':"\nprintf '\\toperation: 5\\n\\tdowntime: ${index + 1}0\\n'`,
    )
    .join('\n');
  fakeVirsh(
    FAKE.replace(/ {2}sleep 0\.4[\s\S]*?\n {2}exec sleep/, `  sleep 0.4\n${results}\n  exec sleep`).replace(
      'echo "03638c25-e9f3-4ff7-bd62-d1561a97fcf4 web"',
      'printf "03638c25-e9f3-4ff7-bd62-d1561a97fcf4 web\\n13638c25-e9f3-4ff7-bd62-d1561a97fcf4 db\\n"',
    ),
  );
  const there = watch('qemu:///system');
  try {
    const jobs = () => there.reports.filter(({ kind }) => kind === 'job');
    await until(() => jobs().some(({ domain }) => domain === 'db'), 'the second result');
    assert.equal(
      jobs().map(job => [job.domain, (job as { downtime?: number }).downtime]),
      [
        ['web', 10],
        ['db', 20],
      ],
    );
  } finally {
    await there.stop();
  }
});

test('a domain that is new when its migration begins is listed at once, and its events are kept', async () => {
  const listed = join(folder, 'listed');
  rmSync(listed, { force: true });
  const events = [
    `echo "$(stamp): event 'lifecycle' for domain 'new': Started Migrated"`,
    `echo "$(stamp): event 'lifecycle' for domain 'new': Resumed Migrated"`,
  ].join('\n');
  fakeVirsh(
    FAKE.replace(
      / {2}sleep 0\.4[\s\S]*?\n {2}exec sleep/,
      `  sleep 0.4\n  touch '${listed}'\n${events}\n  exec sleep`,
    )
      .replace(
        'echo "03638c25-e9f3-4ff7-bd62-d1561a97fcf4 web"',
        `[ -e '${listed}' ] && echo "13638c25-e9f3-4ff7-bd62-d1561a97fcf4 new"`,
      )
      // The incoming side of libvirt has no figures.
      .replace(/domjobinfo\*\).*/, "domjobinfo*) printf 'Job type: 0\\n';;"),
  );
  const there = watch('qemu:///system');
  try {
    const jobs = () => there.reports.flatMap(report => (report.kind === 'job' ? [report] : []));
    await until(() => jobs().length > 1, 'its migration is reported');
    assert.equal(
      jobs().map(({ domain, direction, status }) => [domain, direction, status]),
      [
        ['new', 'incoming', 'active'],
        ['new', 'incoming', 'completed'],
      ],
    );
  } finally {
    await there.stop();
  }
});

test('a virsh that writes without end, or garbage, is given up or ignored', async () => {
  fakeVirsh('#!/bin/sh\nexec yes 0123456789\n');
  const endless = watch('qemu:///system');
  await until(() => endless.ends.length > 0, 'it is given up');
  await endless.stop();
  assert.is(endless.ends.length, 1);
  assert.match(endless.ends[0]!, /writes too much|writes more than 5000 lines a second/);
  assert.equal(endless.reports, []);
});

test('without virsh, the reason and what grants it', async () => {
  process.env.PATH = folder;
  rmSync(join(folder, 'virsh'), { force: true });
  const permission = await libvirt.check();
  assert.is(permission.allowed, false);
  assert.match((permission as { remedy?: string }).remedy!, 'libvirt-clients');
});

test.run();
