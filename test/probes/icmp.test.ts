import { once } from 'node:events';
import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { icmpDatagram, icmpRaw } from '../../probes/icmp.js';
import type { ProbePlan, ProberPorts, ProbeTarget } from '../../probes/prober.js';
import type { Sample } from '../../src/core/sample.js';
import { clockOrigin } from '../../src/system/clock.js';
import { Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { Drive } from './icmp/drive.js';
import type { DriverPlan } from './icmp/driver.js';
import { MANNERS } from './icmp/manners.js';

const BACKENDS = ['icmp-datagram', 'icmp-raw'] as const;

const test = suite('the ICMP prober');
const asRoot = needing(test, { root: true });

const target = (id: string, address: string, phaseMs = 0): ProbeTarget => ({
  id,
  address,
  family: address.includes(':') ? 6 : 4,
  phaseMs,
});
const planned = (targets: ProbeTarget[], more: Partial<ProbePlan> = {}): ProbePlan => ({
  targets,
  intervalMs: 20,
  timeoutMs: 1000,
  origin: clockOrigin(),
  options: {},
  ...more,
});
/** The descriptors open in this process, by what they lead to. */
const descriptors = () =>
  readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      return [{ fd: Number(fd), to: readlinkSync(`/proc/self/fd/${fd}`) }];
    } catch {
      return [];
    }
  });
/** The sockets and eventfds that were opened since. */
function openedSince(before: ReturnType<typeof descriptors>): ReturnType<typeof descriptors> {
  const known = new Set(before.map(({ fd, to }) => `${fd} ${to}`));
  return descriptors().filter(({ fd, to }) => /socket|eventfd/.test(to) && !known.has(`${fd} ${to}`));
}

/** Ports that fail the test when anything but samples comes. */
const strict = (emit: (samples: readonly Sample[]) => void): ProberPorts => ({
  emit,
  notice: text => assert.unreachable(text),
  fail: error => assert.unreachable(error.message),
});

/** Ends the worlds of failed tests, so that this process can end. */
const worlds = new Set<() => void>();
test.after(() => {
  for (const close of worlds) close();
});

/** A namespace with a host of many manners at 10.90.0.0/24 and fd00:90::/64, where ordinary users may ping. */
async function manners(): Promise<{ here: Namespace; close: () => void }> {
  const here = await Namespace.create();
  here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
  const program = fileURLToPath(new URL('./icmp/responder.js', import.meta.url));
  const responder = here.spawn([process.execPath, program, 'odd'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(responder.stdout!, 'data');
  here.run('ip addr add 10.90.0.1/24 dev odd');
  here.run('ip addr add fd00:90::1/64 dev odd nodad');
  here.run('ip link set odd up');
  const close = () => {
    worlds.delete(close);
    responder.stdin!.end();
    here.close();
  };
  worlds.add(close);
  return { here, close };
}

test('says why not, and which line would permit it, or permits', async () => {
  for (const backend of [icmpDatagram, icmpRaw]) {
    const permission = await backend.check(4);
    if (permission.allowed) continue;
    assert.match(permission.reason, /not permitted \(E(PERM|ACCES)\)/);
    assert.match(
      permission.remedy!,
      backend === icmpRaw ? /setcap cap_net_raw/ : /sysctl .*ping_group_range/,
    );
  }
});

asRoot('checks the datagram socket where the kernel closes it', async () => {
  const here = await Namespace.create();
  here.run('sysctl -qw net.ipv4.ping_group_range=1\t0');
  const program = `import(${JSON.stringify(new URL('../../probes/icmp.js', import.meta.url).href)})
    .then(async ({ icmpDatagram }) => console.log(JSON.stringify(await icmpDatagram.check(6))))`;
  const child = here.spawn([process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await once(child.stdout!.setEncoding('utf8'), 'data');
  assert.match(JSON.parse(output).remedy, /ping_group_range="0 2147483647"/);
  here.close();
});

asRoot('probes both families in this process, stops, and leaves nothing open', async () => {
  const before = descriptors();
  const samples: Sample[] = [];
  const plan = planned([target('v4', '127.0.0.1'), target('v6', '::1', 10)]);
  const prober = await icmpRaw.open(
    plan,
    strict(some => void samples.push(...some)),
  );
  while (samples.length < 20) await wait(10);
  await prober.stop();
  const count = samples.length;
  await wait(60);
  assert.is(samples.length, count, 'samples stop before stop resolves');
  assert.equal(openedSince(before), []);
  for (const id of ['v4', 'v6']) {
    const own = samples.filter(sample => sample.target === id);
    assert.equal(
      own.map(({ seq }) => seq),
      own.map((_, index) => index),
    );
    for (const { at, knownAt, outcome } of own) {
      assert.ok(outcome.kind === 'reply' && outcome.ttl === 64 && outcome.rttMs > 0);
      assert.ok(knownAt > at);
    }
  }
  assert.ok(Math.abs(samples.at(-1)!.knownAt - Date.now()) < 10_000, 'on the time line of the wall');
});

asRoot('says so when its socket is taken away', async () => {
  const before = descriptors();
  let fail = (_: Error) => {};
  const failure = new Promise<Error>(failed => (fail = failed));
  await icmpRaw.open(planned([target('v4', '127.0.0.1')]), { ...strict(() => {}), fail });
  closeSync(openedSince(before).find(({ to }) => to.startsWith('socket'))!.fd);
  assert.match((await failure).message, /icmp-raw broke down: receiving from the ICMP socket failed: EBADF/);
});

asRoot('refuses to open with what it cannot do, and says what', async () => {
  const before = descriptors();
  const ports = strict(assert.unreachable as () => void);
  const refusal = (plan: ProbePlan) =>
    icmpRaw.open(plan, ports).then(
      () => 'opened',
      (error: Error) => error.message,
    );
  const loopback = [target('v4', '127.0.0.1')];
  assert.match(
    await refusal(planned(loopback, { interface: 'nosuch0' })),
    /"nosuch0": there is no such interface/,
  );
  assert.match(
    await refusal(planned(loopback, { interface: '192.0.2.9' })),
    /no interface of this machine has this address/,
  );
  assert.match(
    await refusal(planned(loopback, { interface: '::1' })),
    /::1 is not an IPv4 address to send from/,
  );
  assert.match(await refusal(planned([target('x', 'nowhere')])), /"nowhere" is not an IPv4 address/);
  assert.equal(openedSince(before), []);
});

for (const backend of BACKENDS)
  asRoot(`${backend} distinguishes the behaviours of hosts, over IPv4 and IPv6`, async () => {
    const { here, close } = await manners();
    const targets = Object.entries(MANNERS).flatMap(([manner, byte], index) => [
      target(`${manner}4`, `10.90.0.${byte}`, index * 10),
      target(`${manner}6`, `fd00:90::${byte.toString(16)}`, index * 10 + 5),
    ]);
    const plan: DriverPlan = { backend, targets, intervalMs: 100, timeoutMs: 1000 };
    const drive = await Drive.start(plan, here);
    await drive.until(() => drive.outcomes('reply', 'late6').length >= 4, 'late replies');
    await drive.stop();
    close();
    /** Without what a busy machine adds: a reply may be overdue before it comes. */
    const kinds = (id: string) =>
      [...new Set(drive.of(id).map(({ outcome }) => outcome.kind))].filter(kind => kind !== 'overdue').sort();
    /** What came of the target's first probe, in the order known. */
    const fate = (id: string) =>
      drive.of(id).flatMap(({ seq, outcome }) => (seq === 0 && outcome.kind !== 'overdue' ? [outcome] : []));

    for (const family of ['4', '6']) {
      const network = family === '4' ? '10.90.0.' : 'fd00:90::';
      const router = `${network}${family === '4' ? '254' : 'fe'}`;
      assert.equal(kinds(`plain${family}`), ['reply']);
      for (const { ttl, stamp, rttMs, late } of drive.outcomes('reply', `plain${family}`)) {
        assert.is(ttl, 61);
        assert.is(stamp, 'kernel');
        assert.ok(rttMs > 0 && !late);
      }
      assert.equal(
        fate(`twice${family}`).map(({ kind }) => kind),
        ['reply', 'duplicate'],
      );
      const foreign = { kind: 'foreign', from: `${network}${family === '4' ? '99' : '63'}` };
      assert.equal(fate(`foreign${family}`), [foreign, { kind: 'lost', reason: 'timeout' }]);
      const [lost, late] = fate(`late${family}`);
      assert.equal(lost, { kind: 'lost', reason: 'timeout' });
      assert.ok(late!.kind === 'reply' && late!.late && late!.rttMs >= 1299);
      for (const manner of ['forgedToken', 'forgedSeq', 'silent'])
        assert.equal(fate(`${manner}${family}`), [{ kind: 'lost', reason: 'timeout' }], manner);
      for (const manner of ['unreachable', 'unreachableInBrief'])
        assert.equal(
          fate(`${manner}${family}`),
          [{ kind: 'lost', reason: 'unreachable', from: router }],
          manner,
        );
      const [reply] = fate(`unreachableThenReply${family}`);
      assert.ok(
        reply!.kind === 'reply' && !reply!.late && reply!.rttMs >= 29,
        'a forged error ends no probe',
      );
    }
    for (const { at, knownAt, outcome } of drive.samples)
      if (outcome.kind === 'lost' && outcome.reason === 'timeout') assert.ok(knownAt - at > 999.99);
    const known = drive.samples.map(({ knownAt }) => knownAt);
    assert.equal(
      known,
      known.toSorted((a, b) => a - b),
    );
    assert.is(drive.failed, undefined);
  });

asRoot('reports the probes that never left, with the error, and does not affect the others', async () => {
  const { here, close } = await manners();
  here.run('ip route add prohibit 10.91.0.2');
  here.run('ip route add unreachable 10.91.0.3');
  const targets = [
    target('fine', '10.90.0.2'),
    target('prohibited', '10.91.0.2', 5),
    target('unreachable', '10.91.0.3', 10),
    target('routeless', '10.92.0.1', 15),
    target('broadcast', '255.255.255.255', 15),
  ];
  const drive = await Drive.start({ backend: 'icmp-raw', targets, intervalMs: 20, timeoutMs: 5000 }, here);
  await drive.until(() => drive.of('fine').length >= 20, 'twenty replies');
  await drive.stop();
  const reasons = (id: string) => [...new Set(drive.outcomes('unsent', id).map(({ reason }) => reason))];
  assert.equal(reasons('prohibited'), ['EACCES']);
  assert.equal(reasons('unreachable'), ['EHOSTUNREACH']);
  assert.equal(reasons('routeless'), ['ENETUNREACH']);
  assert.equal(reasons('broadcast'), ['ENETUNREACH']);
  // A busy machine may answer late.
  const fine = drive.of('fine').filter(({ outcome }) => outcome.kind !== 'overdue');
  assert.is(drive.outcomes('reply', 'fine').length, fine.length);
  close();
});

asRoot('reports a probe overdue once, before its timeout, in the right order', async () => {
  const { here, close } = await manners();
  const targets = [target('vm', '10.90.0.2')];
  const drive = await Drive.start(
    { backend: 'icmp-datagram', targets, intervalMs: 50, timeoutMs: 400 },
    here,
  );
  await drive.until(() => drive.outcomes('reply').length >= 10, 'replies');
  drive.order('readdress', 'vm', '10.90.0.11', 4);
  await drive.until(() => drive.outcomes('lost').length >= 3, 'losses at the silent address');
  drive.order('readdress', 'vm', 'fd00:90::2', 6);
  const lost = drive.outcomes('lost').length;
  await drive.until(
    () => drive.of().filter(({ seq, outcome }) => seq > 20 && outcome.kind === 'reply').length > 9,
    'v6',
  );
  await drive.stop();
  const overdue = drive.of().filter(({ outcome }) => outcome.kind === 'overdue');
  assert.ok(overdue.length >= lost);
  assert.is(new Set(overdue.map(({ seq }) => seq)).size, overdue.length, 'once a probe');
  for (const { at, knownAt, outcome } of overdue) {
    assert.ok(outcome.kind === 'overdue' && outcome.waitedMs >= 50 && outcome.waitedMs < 400);
    assert.ok(Math.abs(at + outcome.waitedMs - knownAt) < 0.01);
  }
  const firsts = drive.of().filter(({ outcome }) => outcome.kind === 'reply' || outcome.kind === 'overdue');
  // On a busy machine a probe may be overdue and then answered.
  const probes = [...new Map(firsts.map(({ at, seq }) => [at, seq])).values()];
  assert.equal(
    probes.sort((a, b) => a - b),
    probes.map((_, index) => index),
    'numbers go on',
  );
  assert.equal(drive.notices, []);
  close();
});

asRoot('makes no loss of a stall of its own', async () => {
  const targets = [1, 2, 3, 4, 5].map(byte => target(`t${byte}`, `127.0.0.${byte}`, byte * 2));
  const drive = await Drive.start({ backend: 'icmp-raw', targets, intervalMs: 10, timeoutMs: 200 });
  await drive.until(() => drive.samples.length > 50, 'samples');
  for (let stalls = 0; stalls < 3; stalls++) {
    drive.child.kill('SIGSTOP');
    await wait(400);
    const before = drive.samples.length;
    drive.child.kill('SIGCONT');
    await drive.until(() => drive.samples.length > before + 50, 'samples after the stall');
  }
  await drive.stop();
  assert.equal([...new Set(drive.of().map(({ outcome }) => outcome.kind))], ['reply']);
  const lags = drive.of().flatMap(({ lagMs = 0 }) => (lagMs > 300 ? [lagMs] : []));
  assert.ok(lags.length >= 15, `every target says that it was late, each time: ${lags.length}`);
});

asRoot('keeps its slots: nothing adds up, and what is missed is not caught up', async () => {
  const plan: DriverPlan = {
    backend: 'icmp-raw',
    targets: [target('t', '127.0.0.1')],
    intervalMs: 20,
    timeoutMs: 100,
  };
  const drive = await Drive.start(plan);
  /**
   * By how much the second half of the run left later than the first, the slots being counted from the middle. A busy
   * machine lets probes leave late, never early: the most punctual probe of each half shows its slots.
   */
  const drift = (all: number[]) => {
    const middle = all.length >> 1;
    const offset = (at: number) => ((at - all[middle]! + 1e6 * 20 + 10) % 20) - 10;
    const least = (some: number[]) => Math.min(...some.map(offset));
    return least(all.slice(middle)) - least(all.slice(0, middle));
  };
  const steady = (all: number[]) => all.length >= 80 && Math.abs(drift(all)) < 2;
  // On a busy machine it takes more probes until both halves have a punctual one; what adds up only grows meanwhile.
  let all: number[] = [];
  const enough = () => {
    all = drive.of().map(({ at }) => at);
    return steady(all) || all.length >= 240;
  };
  await drive.until(enough, 'samples');
  await drive.stop();
  assert.ok(steady(all), `drifted by ${drift(all)} ms in ${all.length} slots`);
  assert.ok(all.length <= (all.at(-1)! - all[0]!) / 20 + 2);
});

test.run();
