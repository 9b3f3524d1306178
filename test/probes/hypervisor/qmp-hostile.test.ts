import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../../probes/hypervisor/backend.js';
import { qmp } from '../../../probes/hypervisor/qmp.js';
import { fakeQmp, IDLE } from '../../support/fake-qmp.js';
import { until } from '../../support/until.js';

const test = suite('hypervisor: QMP peers that misbehave');

function watch(path: string) {
  const reports: Report[] = [];
  const ends: string[] = [];
  const connection = qmp.open(path, {
    now: () => performance.timeOrigin + performance.now(),
    domain: () => {},
    report: (_domain, _at, _knownAt, report) => void reports.push(report),
    ended: error => void ends.push(error.message),
  });
  return { reports, ends, stop: () => connection.stop() };
}

test('only commands that read are sent', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const there = watch(peer.path);
  try {
    await until(() => there.reports.length > 0, 'it answers');
    peer.answers['query-migrate'] = { status: 'active', 'total-time': 12, ram: { remaining: 5, total: 9 } };
    peer.event('MIGRATION', { status: 'setup' });
    await until(() => there.reports.filter(({ kind }) => kind === 'job').length > 2, 'the job is asked for');
    peer.answers['query-migrate'] = { status: 'completed', 'total-time': 99, downtime: 7 };
    await until(() => there.reports.some(({ status }) => status === 'completed'), 'the job is over');
    const reads = (name: string) => name === 'qmp_capabilities' || name.startsWith('query-');
    assert.equal(
      peer.commands.filter(name => !reads(name)),
      [],
    );
  } finally {
    await there.stop();
    await peer.close();
  }
});

const GARBAGE: Record<string, string> = {
  'a line that is not JSON': 'HTTP/1.1 400 Bad Request',
  'JSON that is not an object': '[1,2]',
  'a greeting of something else': '{"hello":1}',
  'brackets without an end': '['.repeat(200_000),
  'more than a line may hold': `{"QMP":"${'x'.repeat(300_000)}"}`,
};
for (const [name, greeting] of Object.entries(GARBAGE))
  test(`${name} ends the connection at once`, async () => {
    const peer = await fakeQmp(IDLE, { greeting });
    const there = watch(peer.path);
    await until(() => there.ends.length > 0, 'the connection ends');
    await there.stop();
    await peer.close();
    assert.is(there.ends.length, 1);
    assert.match(there.ends[0]!, 'does not speak QMP');
  });

test('figures and events of wrong types are left out', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const there = watch(peer.path);
  try {
    await until(() => there.reports.length > 0, 'it answers');
    peer.answers['query-migrate'] = {
      ...{
        status: 'active',
        'total-time': -5,
        downtime: 'long',
        'setup-time': 1e300,
        'expected-downtime': 20,
      },
      ram: {
        transferred: [],
        remaining: null,
        total: 1.5,
        mbps: -1,
        'dirty-sync-count': 3,
        __proto__: { total: 4 },
      },
    };
    peer.write('{"event":"STOP","timestamp":{"seconds":-1,"microseconds":"x"}}');
    peer.write('{"event":"STOP"}');
    peer.event('MIGRATION', { status: { toString: 1 } });
    await until(() => there.reports.some(({ kind }) => kind === 'job'), 'the job is reported');
    const job = there.reports.find(({ kind }) => kind === 'job');
    assert.equal(job, {
      ...{ kind: 'job', status: 'active', 'expected-downtime': 20, 'dirty-sync-count': 3 },
      ...{ direction: 'outgoing', transport: 'clear' },
    });
    assert.not.ok(there.reports.some(report => report.kind === 'domain' && report.event === 'STOP'));
    assert.equal(there.ends, []);
  } finally {
    await there.stop();
    await peer.close();
  }
});

test('a refused command is left out and the connection goes on', async () => {
  const refusal = '{"error":{"class":"CommandNotFound","desc":"no such command"},"id":2}';
  const peer = await fakeQmp({ ...IDLE, 'query-name': refusal });
  const there = watch(peer.path);
  await until(() => there.reports.length > 0, 'it answers');
  await there.stop();
  await peer.close();
  assert.equal(there.ends, []);
});

test('a socket that greets nobody is taken for one that another client uses', async () => {
  const peer = await fakeQmp(IDLE, { greeting: '' });
  const there = watch(peer.path);
  await until(() => there.ends.length > 0, 'it gives up');
  await there.stop();
  assert.equal(peer.commands, []);
  await peer.close();
  assert.match(there.ends[0]!, 'another client seems to use this QMP socket');
  assert.match(there.ends[0]!, '-qmp unix:/run/vm-watch.qmp,server=on,wait=off');
});

test('a peer that drips its greeting is given up for that, not for another client', async () => {
  const peer = await fakeQmp(IDLE, { greeting: '{"QMP":', greetingEnd: '' });
  const there = watch(peer.path);
  const drip = setInterval(() => peer.raw(' '), 1000);
  await until(() => there.ends.length > 0, 'it gives up');
  clearInterval(drip);
  await there.stop();
  await peer.close();
  assert.equal(there.ends, ['the greeting of the QMP socket is not complete after 5 s']);
});

test('a peer that hangs in the middle is given up', async () => {
  const peer = await fakeQmp({ ...IDLE, 'query-status': undefined });
  const there = watch(peer.path);
  await until(() => there.ends.length > 0, 'it gives up');
  await there.stop();
  await peer.close();
  assert.equal(there.ends, ['QEMU does not answer query-status within 5 s']);
});

test('the clock of the hypervisor is bounded by what happened before and after', async () => {
  const AHEAD = 90_000;
  const peer = await fakeQmp({ ...IDLE });
  const there = watch(peer.path);
  try {
    await until(() => there.reports.length > 0, 'it answers');
    peer.event('MIGRATION', { status: 'setup' }, Date.now() + AHEAD);
    const begun = Date.now();
    Object.defineProperty(peer.answers, 'query-migrate', {
      configurable: true,
      get: () => ({ status: 'active', 'total-time': Date.now() - begun }),
    });
    await until(() => there.reports.filter(({ kind }) => kind === 'job').length > 3, 'the job is asked for');
    peer.event('STOP', {}, Date.now() + AHEAD);
    const stop = () => there.reports.find(report => report.kind === 'domain' && report.event === 'STOP');
    await until(() => stop() !== undefined, 'STOP is reported');
    const { offsetMs, errorMs } = stop() as { offsetMs: number; errorMs: number };
    assert.ok(Math.abs(offsetMs - AHEAD) <= errorMs + 2, `${offsetMs} ± ${errorMs}`);
  } finally {
    await there.stop();
    await peer.close();
  }
});

test('an address is a path, or a host and a port', () => {
  assert.throws(() => qmp.checkAddress('vm.qmp'), 'a QMP address is /PATH or HOST:PORT');
  assert.throws(() => qmp.checkAddress('host:99999'), 'a QMP address is /PATH or HOST:PORT');
  for (const fine of ['/run/vm.qmp', '10.0.0.1:4444', '[fe80::1]:4444', 'host1:1']) qmp.checkAddress(fine);
});

test('a destination whose guest resumes before its migration is over reports it as incoming to the end', async () => {
  const peer = await fakeQmp({ ...IDLE, 'query-status': { status: 'inmigrate' } });
  const there = watch(peer.path);
  const jobs = () => there.reports.flatMap(report => (report.kind === 'job' ? [report] : []));
  try {
    await until(() => there.reports.some(({ status }) => status === 'inmigrate'), 'it waits for a guest');
    peer.answers['query-migrate'] = { status: 'active' };
    peer.event('MIGRATION', { status: 'active' });
    await until(() => jobs().length > 0, 'it moves');
    peer.answers['query-status'] = { status: 'running' };
    const asked = peer.commands.length;
    peer.event('RESUME');
    peer.event('RESUME');
    await until(() => peer.commands.lastIndexOf('query-status') >= asked, 'its state is asked for');
    peer.answers['query-migrate'] = { status: 'completed' };
    await until(() => jobs().at(-1)!.status === 'completed', 'it is over');
    assert.is(jobs().at(-1)!.direction, 'incoming');
  } finally {
    await there.stop();
    await peer.close();
  }
});

test('a result that changes with every answer is reported after a bounded number of them', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const there = watch(peer.path);
  const jobs = () => there.reports.filter(({ kind }) => kind === 'job');
  try {
    await until(() => there.reports.length > 0, 'it answers');
    let totalMs = 100;
    Object.defineProperty(peer.answers, 'query-migrate', {
      configurable: true,
      get: () => ({ status: 'completed', 'total-time': ++totalMs, downtime: 7 }),
    });
    peer.event('MIGRATION', { status: 'completed' });
    await until(() => jobs().length > 0, 'the result is reported');
    const asked = peer.commands.length;
    await new Promise(done => setTimeout(done, 300));
    assert.ok(peer.commands.length - asked < 5, `${peer.commands.length - asked} more commands`);
  } finally {
    await there.stop();
    await peer.close();
  }
});

test('figures that come some answers after the end are waited for', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const there = watch(peer.path);
  const jobs = () => there.reports.flatMap(report => (report.kind === 'job' ? [report] : []));
  try {
    await until(() => there.reports.length > 0, 'it answers');
    let answers = 0;
    Object.defineProperty(peer.answers, 'query-migrate', {
      configurable: true,
      get: () => ({ status: 'completed', 'total-time': ++answers < 6 ? 0 : 61 }),
    });
    peer.event('MIGRATION', { status: 'completed' });
    await until(() => jobs().length > 0, 'the result is reported');
    assert.is(jobs()[0]!['total-time'], 61);
  } finally {
    await there.stop();
    await peer.close();
  }
});

test('a guest that arrives while we connect arrives, although its RESUME comes before our first answer', async () => {
  const peer = await fakeQmp({
    ...IDLE,
    'query-status': { status: 'inmigrate' },
    'query-migrate': { status: 'active' },
    get 'query-name'() {
      peer.event('RESUME');
      peer.event('RESUME');
      return { name: 'web' };
    },
  });
  const there = watch(peer.path);
  try {
    await until(() => there.reports.filter(({ kind }) => kind === 'job').length > 1, 'the job is followed');
    assert.ok(there.reports.every(report => report.kind !== 'job' || report.direction === 'incoming'));
    assert.is(
      there.reports.filter(report => report.kind === 'domain' && report.event === 'RESUME').length,
      2,
    );
  } finally {
    await there.stop();
    await peer.close();
  }
});

const MONITORS = [{ label: 'charmonitor', filename: 'unix:/x', 'frontend-open': true }];
const CARRIERS: Record<string, [tls: string, monitors: object[], addresses: object[], transport: unknown]> = {
  'QEMU alone, without TLS': ['', [], [], 'clear'],
  'TLS of QEMU under libvirt': ['objlibvirt_migrate_tls0', MONITORS, [], 'tls'],
  'perhaps a tunnel of libvirt': ['', MONITORS, [], undefined],
  'a destination under libvirt that listens itself': [
    '',
    MONITORS,
    [{ type: 'inet', port: '49152' }],
    'clear',
  ],
};
for (const [name, [creds, monitors, addresses, transport]] of Object.entries(CARRIERS))
  test(`the transport: ${name}`, async () => {
    const peer = await fakeQmp({
      ...IDLE,
      'query-chardev': monitors,
      'query-migrate': { status: 'active', 'socket-address': addresses },
      'query-migrate-parameters': { 'tls-creds': creds },
    });
    const there = watch(peer.path);
    try {
      await until(() => there.reports.some(({ kind }) => kind === 'job'), 'the job is reported');
      const job = there.reports.find(({ kind }) => kind === 'job') as { transport?: string };
      assert.is(job.transport, transport);
    } finally {
      await there.stop();
      await peer.close();
    }
  });

test('a peer that floods is given up', async () => {
  const peer = await fakeQmp({ ...IDLE });
  const there = watch(peer.path);
  await until(() => there.reports.length > 0, 'it answers');
  peer.write('{"event":"NOISE","timestamp":{"seconds":1,"microseconds":1}}\n'.repeat(6000));
  await until(() => there.ends.length > 0, 'it is given up');
  await there.stop();
  await peer.close();
  assert.match(there.ends[0]!, 'the peer floods');
});

test.run();
