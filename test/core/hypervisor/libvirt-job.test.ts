import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libvirtJob } from '../../../src/core/hypervisor/libvirt-job.js';
import { virshEvent } from '../../../src/core/hypervisor/virsh-event.js';

const test = suite('what virsh writes');

/** The event `job-completed` of a real migration between two libvirt 9.0 daemons. */
const COMPLETED = `
	operation: 5
	time_elapsed: 6074
	time_elapsed_net: 6074
	downtime: 53
	downtime_net: 52
	setup_time: 2
	data_total: 67502080
	data_processed: 623413
	data_remaining: 0
	memory_total: 67502080
	memory_processed: 623413
	memory_remaining: 0
	memory_bps: 7946318
	memory_constant: 16368
	memory_dirty_rate: 0
	memory_iteration: 2
	memory_postcopy_requests: 0
	memory_page_size: 4096
	disk_total: 0`;

/** `virsh domjobinfo --completed`, after the format strings of libvirt 9.0. */
const TEXT = `Job type:         Completed   
Operation:        Outgoing migration
Time elapsed:     1202         ms
Time elapsed w/o network: 1198         ms
Data processed:   1.250 MiB
Memory processed: 1.250 MiB
Memory remaining: 0.000 B
Memory total:     1.082 GiB
Memory bandwidth: 108.875 MiB/s
Dirty rate:       12           pages/s
Page size:        4096         bytes
Iteration:        3           
Postcopy requests: 0           
Total downtime:   96           ms
Downtime w/o network: 92           ms
Setup time:       4            ms
Auto converge throttle: 20           
`;

test('the event of a migration that is over has the names and units of QMP', () => {
  assert.equal(libvirtJob(COMPLETED.split('\n')), {
    direction: 'outgoing',
    figures: {
      ...{ status: 'completed', 'total-time': 6074, downtime: 53, downtime_net: 52, 'setup-time': 2 },
      ...{ total: 67_502_080, transferred: 623_413, remaining: 0, mbps: 63.570544 },
      ...{ 'dirty-pages-rate': 0, 'dirty-sync-count': 2, 'postcopy-requests': 0, 'page-size': 4096 },
    },
  });
});

test('the text for people is read too, in its units of 1024', () => {
  const job = libvirtJob(TEXT.split('\n'))!;
  assert.is(job.direction, 'outgoing');
  const { figures } = job;
  assert.equal(
    [figures.status, figures['total-time'], figures.downtime, figures.downtime_net, figures['setup-time']],
    ['completed', 1202, 96, 92, 4],
  );
  assert.is(figures.transferred, 1_310_720);
  assert.is(figures.total, Math.round(1.082 * 2 ** 30));
  assert.ok(Math.abs(figures.mbps! - (108.875 * 2 ** 20 * 8) / 1e6) < 1e-6);
  assert.is(figures['cpu-throttle-percentage'], 20);
});

test('while it runs, libvirt’s downtime is what it expects', () => {
  const job = libvirtJob(['Job type: 2', '', 'operation: 5', 'downtime: 300', 'memory_total: 9'])!;
  assert.equal(job.figures, { status: 'active', 'expected-downtime': 300, total: 9 });
});

test('no job, another operation, and wrong values', () => {
  assert.is(libvirtJob(['Job type: 0']), undefined);
  assert.is(libvirtJob(['error: failed to get domain']), undefined);
  assert.is(libvirtJob(['Job type: 2', 'operation: 2'])!.direction, undefined);
  const wrong = [
    'Job type: 2',
    'downtime: -1',
    'time_elapsed: 1e9',
    'memory_total: x',
    'memory_bps: 3 XiB/s',
  ];
  assert.equal(libvirtJob(wrong)!.figures, { status: 'active' });
  assert.is(libvirtJob(['operation: 5', 'success: 0', 'errmsg: gone'])!.figures.status, 'failed');
});

test('events have the moment, the name, the domain and the rest of the line', () => {
  const at = Date.UTC(2026, 10, 21, 22, 57, 20, 813);
  const stamp = '2026-11-21 22:57:20.813+0000';
  assert.equal(virshEvent(`${stamp}: event 'lifecycle' for domain 'web': Suspended Migrated`), {
    ...{ at, name: 'lifecycle', domain: 'web', detail: 'Suspended Migrated' },
  });
  assert.equal(virshEvent(`${stamp}: event 'job-completed' for domain 'a'b: c':`), {
    ...{ at, name: 'job-completed', domain: "a'b: c", detail: '' },
  });
  assert.is(
    virshEvent(`2026-11-21 23:57:20.813+0100: event 'lifecycle' for domain 'w': Started Booted`)!.at,
    at,
  );
  for (const line of ['', 'event loop interrupted', 'error: Disconnected', `${stamp}: event x`])
    assert.is(virshEvent(line), undefined, line);
});

test.run();
