import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CLI } from '../support/headless.js';

const test = suite('import of hypervisors’ logs');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-import-hypervisor-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const AT = Date.UTC(2026, 10, 21, 22, 57, 0);
/** A minute of `ping -D` of a target that does not answer from second 20 to 20.4. */
const PING = [
  'PING 10.9.9.7 (10.9.9.7) 56(84) bytes of data.',
  ...Array.from({ length: 1200 }, (_, seq) => seq)
    .filter(seq => seq < 400 || seq >= 408)
    .map(
      seq =>
        `[${((AT + seq * 50) / 1000).toFixed(6)}] 64 bytes from 10.9.9.7: icmp_seq=${seq + 1} ttl=64 time=0.9 ms`,
    ),
].join('\n');

/** Imports the log with a log of ping; returns the samples of hypervisors and what is judged. */
function imported(name: string, log: string) {
  const [ping, other, file] = ['web.ping.log', name, `${name}.jsonl`].map(each => join(folder, each)) as [
    string,
    string,
    string,
  ];
  writeFileSync(ping, `${PING}\n`);
  writeFileSync(other, `${log}\n`);
  const env = { ...process.env, TZ: 'UTC' };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args], { encoding: 'utf8', env, stdio: 'pipe' });
  run('import', '--interval', '50ms', '--start', '2026-11-21T22:57:00', '-o', file, ping, other);
  const { samples, events } = JSON.parse(run('export', file));
  type Fields = Record<string, unknown>;
  return {
    jobs: samples.filter(({ kind }: Fields) => kind === 'job') as Fields[],
    domains: samples.filter(({ kind }: Fields) => kind === 'domain') as Fields[],
    reported: events.map(({ reported }: Fields) => reported) as Fields[],
  };
}
const picked = (job: Record<string, unknown>, ...names: string[]) => names.map(name => job[name]);

test('virsh event: phases, the result, and its event', () => {
  const stamp = '2026-11-21 22:57:20';
  const { jobs, domains, reported } = imported(
    'web.virsh.log',
    [
      `${stamp}.000+0000: event 'migration-iteration' for domain 'web': iteration: '1'`,
      `${stamp}.010+0000: event 'lifecycle' for domain 'web': Suspended Migrated`,
      `${stamp}.900+0000: event 'lifecycle' for domain 'web': Stopped Migrated`,
      `${stamp}.901+0000: event 'job-completed' for domain 'web':`,
      ...['\toperation: 5', '\ttime_elapsed: 6074', '\tdowntime: 53', '\tmemory_iteration: 2'],
    ].join('\n'),
  );
  assert.equal(picked(jobs.at(-1)!, 'status', 'downtime', 'total-time', 'dirty-sync-count'), [
    'completed',
    53,
    6074,
    2,
  ]);
  assert.equal(
    domains.map(({ event }) => event),
    ['Suspended Migrated', 'Stopped Migrated'],
  );
  assert.equal(picked(reported[0]!, 'state', 'downtimeMs', 'iterations'), ['reported', 53, 2]);
});

/** What libvirt 9.0 prints; a field in another language and a unit that is none are left out. */
const DOMJOBINFO = (downtime: string, total: string) => `Job type:         Completed
Operation:        Outgoing migration
Time elapsed:     ${total}
Time elapsed w/o network: 600          ms
Data processed:   61.977 MiB
Memory processed: 61,977 MiB
Memory remaining: 0.000 B
Memory total:     128.391 MiB
Memory bandwidth: 116.334 MiB/s
Dirty rate:       0            pages/s
Page size:        4            KiB
Iteration:        3
Postcopy requests: 0            parsecs
Dauer der Einrichtung: 5 ms
Total downtime:   ${downtime}
Downtime w/o network: 36       ms
Setup time:       5            ms
`;

test('virsh domjobinfo --completed: several results one after the other, each with its moment', () => {
  const { jobs, reported } = imported(
    'web.domjobinfo.log',
    [
      '2026-11-21T22:57:08+00:00',
      DOMJOBINFO('38           ms', '602          ms'),
      'Job type:         None',
      '',
      '2026-11-21 22:57:20.9',
      DOMJOBINFO('0.4 s', '1.2 s'),
    ].join('\n'),
  );
  assert.equal(
    jobs.map(job => picked(job, 'status', 'direction', 'downtime', 'downtime_net', 'total-time')),
    [
      ['completed', 'outgoing', 38, 36, 602],
      ['completed', 'outgoing', 400, 36, 1200],
    ],
  );
  assert.equal(
    picked(jobs[0]!, 'transferred', 'total', 'mbps', 'page-size', 'setup-time', 'postcopy-requests'),
    [64_987_595, 134_627_721, 975.880323072, 4096, 5, undefined],
  );
  assert.equal(picked(reported[0]!, 'state', 'downtimeMs'), ['reported', 400]);
});

test('QMP: events and answers of query-migrate', () => {
  const event = (name: string, data: object, at: number) =>
    JSON.stringify({ timestamp: { seconds: (AT + at) / 1000, microseconds: 0 }, event: name, data });
  const { jobs, reported } = imported(
    'web.qmp.log',
    [
      event('MIGRATION', { status: 'setup' }, 18_000),
      event('STOP', {}, 20_000),
      event('MIGRATION', { status: 'completed' }, 21_000),
      '{"return":{"status":"completed","total-time":2100,"downtime":38,"ram":{"transferred":312000000}}}',
    ].join('\n'),
  );
  assert.equal(picked(jobs.at(-1)!, 'status', 'total-time', 'downtime', 'transferred'), [
    'completed',
    2100,
    38,
    312e6,
  ]);
  assert.equal(picked(reported[0]!, 'state', 'status'), ['reported', 'completed']);
});

test('Proxmox: duration and downtime', () => {
  const { jobs, reported } = imported(
    'web.proxmox.log',
    `2026-11-21 22:57:12 starting migration of VM 100 to node 'pve2' (10.0.0.2)
2026-11-21 22:57:14 migration active, transferred 117.5 MiB of 2.0 GiB VM-state, 117.5 MiB/s
2026-11-21 22:57:21 migration status: completed (duration 00:00:09, downtime 42 ms)`,
  );
  assert.equal(picked(jobs[1]!, 'status', 'transferred', 'total'), ['active', 123_207_680, 2 ** 31]);
  assert.equal(picked(jobs.at(-1)!, 'status', 'downtime', 'total-time'), ['completed', 42, 9000]);
  assert.equal(picked(reported[0]!, 'state', 'downtimeMs'), ['reported', 42]);
});

test('Proxmox: each task of a log has its own duration and downtime', () => {
  const task = (minute: string, downtime: string) => [
    `2026-11-21 22:${minute}:12 starting migration of VM 100 to node 'pve2' (10.0.0.2)`,
    `2026-11-21 22:${minute}:13 starting online/live migration on unix:/run/qemu-server/100.migrate`,
    `2026-11-21 22:${minute}:21 migration status: completed (duration 00:00:09${downtime})`,
  ];
  const { jobs } = imported(
    'tasks.proxmox.log',
    [...task('57', ', downtime 42 ms'), ...task('59', '')].join('\n'),
  );
  assert.equal(
    jobs.filter(({ status }) => status === 'completed').map(job => picked(job, 'total-time', 'downtime')),
    [
      [9000, 42],
      [9000, undefined],
    ],
  );
});

test('VMware: a vMotion is a migration, a snapshot is none', () => {
  const unstun = (time: string, micros: number) =>
    `2026-11-21T22:57:${time}Z| vcpu-0| I005: Checkpoint_Unstun: vm stopped for ${micros} us`;
  const { jobs, domains } = imported(
    'vmware.log',
    [
      unstun('05.000', 1234),
      '2026-11-21T22:57:19.900Z| vmx| I005: VMotionDstStart: dest vmotion',
      unstun('20.400', 354_321),
    ].join('\n'),
  );
  assert.is(domains.length, 2);
  assert.equal(
    jobs.map(job => picked(job, 'status', 'downtime')),
    [['completed', 354.321]],
  );
});

test.run();
