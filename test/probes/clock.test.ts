import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClockProbe, ClockRequests } from '../../probes/clock/requests.js';
import { readSynAck, SYN_BYTES, sumUp, writeSyn } from '../../probes/clock/segment.js';
import { DAY_MS, readTimestampReply, writeTimestampRequest } from '../../probes/clock/timestamp.js';
import type { To } from '../../probes/clock/wire.js';
import { clock, clocksOf } from '../../probes/clock.js';
import { icmpDatagram } from '../../probes/icmp.js';
import type { ProbeTarget } from '../../probes/prober.js';
import { tcp } from '../../probes/tcp.js';
import { withWitnesses } from '../../probes/witnesses.js';
import type { Sample } from '../../src/core/sample.js';
import { cable } from '../support/cable.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { probed } from '../support/probed.js';
import { Drive } from './icmp/drive.js';

const test = suite('the clock prober');
const asRoot = needing(test, { root: true });

const hex = (text: string) =>
  new DataView(Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex')).buffer);
const clocks = (samples: readonly Sample[], via = 'icmp') =>
  samples.flatMap(({ outcome }) => (outcome.kind === 'clock' && outcome.via === via ? [outcome] : []));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

test('a timestamp request is laid out as RFC 792 says', () => {
  const view = new DataView(new ArrayBuffer(20));
  writeTimestampRequest(view, 0, { id: 0x1234, seq: 0x10007, nonce: 0xdeadbeef });
  // Type 13; the words but the sum, ffff − (0d00 + 1234 + 0007 + dead + beef) with carries, are
  // 0d00 + 1234 + 0007 = 1f3b; + dead = fde8; + beef = 1bcd7 → bcd8; its complement is 4327.
  assert.is(Buffer.from(view.buffer).toString('hex'), '0d00432712340007deadbeef0000000000000000');
});

test('of a timestamp reply it reads the host’s midpoint, and refuses non-standard times', () => {
  // Captured from Linux, id 0x0001: received and sent at 03:02:24.093 UTC, 10,944,093 ms.
  const reply = (received: string, sent: string, head = '0e00 0000 0001 0000') =>
    readTimestampReply(hex(`${head} 00c0ffee ${received} ${sent}`), 0, 20, 1);
  assert.equal(reply('00a6fe5d', '00a6fe5d'), { nonce: 0xc0ffee, remoteMs: 10_944_093 });
  assert.is(reply('00a6fe5d', '00a6fe61')!.remoteMs, 10_944_095);
  assert.is(reply('05265bff', '00000001')!.remoteMs, DAY_MS, 'across midnight');
  assert.is(reply('80a6fe5d', '80a6fe5d'), undefined, 'the top bit marks another unit');
  assert.is(reply('05265c00', '05265c00'), undefined, 'no day has so many ms');
  assert.is(reply('00a6fe5d', '00a6fe5d', '0e00 0000 0002 0000'), undefined, 'another’s id');
  assert.is(reply('00a6fe5d', '00a6fe5d', '0000 0000 0001 0000'), undefined, 'another type');
  assert.is(readTimestampReply(hex('0e00 0000 0001 0000 00c0ffee'), 0, 12, 1), undefined, 'cut short');
});

/** What a clock's answers make of it: asked at `at`, answered at once by a clock that shows `remoteMs`. */
function read(periodMs: number, answers: readonly [at: number, remoteMs: number][], countsMs = true) {
  const readings = new ClockProbe('vm', { via: 'icmp', periodMs, countsMs });
  const questions = new ClockRequests();
  return answers.map(([at, remoteMs], nonce) => {
    questions.ask(nonce, {} as To, readings, at);
    const arrival = { readAt: at + 2, kernelAt: Number.NaN, kernelAge: Number.NaN };
    return clocks([questions.answer({ nonce, remoteMs }, arrival)].flatMap(sample => sample ?? []))[0]
      ?.offsetMs;
  });
}

test('an offset is wrapped to half a day, and continues across midnight', () => {
  const midnight = 20_000 * DAY_MS;
  assert.equal(
    read(DAY_MS, [
      [midnight - 1001, 86_400_000 - 1000 - 43],
      [midnight - 51, 86_400_000 - 50 - 43],
      [midnight + 49, 50 - 43],
      [midnight + 99, 100 - 143],
    ]),
    [-43, -43, -43, -143],
  );
  assert.equal(read(DAY_MS, [[midnight - 501, 400]]), [900], 'a guest that is past midnight already');
});

test('a TCP clock continues across 32 bits', () =>
  assert.equal(
    read(2 ** 32, [
      [9, 2 ** 32 - 40],
      [59, 10],
      [109, 0],
    ]),
    [-50, -50, -110],
  ));

test('a clock that may count in another unit is believed once it has counted ms for a second', () => {
  const answers = (rate: number) =>
    Array.from({ length: 6 }, (_, i): [number, number] => [i * 250, 7 + Math.floor(i * 250 * rate)]);
  assert.equal(
    read(2 ** 32, answers(1), false).map(offset => offset !== undefined),
    [false, false, false, false, true, true],
  );
  assert.equal(
    read(2 ** 32, answers(0.25), false).filter(offset => offset !== undefined),
    [],
  );
});

test('a request has at most one answer, and an answer without a request is ignored', () => {
  const questions = new ClockRequests();
  const arrival = { readAt: 2, kernelAt: Number.NaN, kernelAge: Number.NaN };
  questions.ask(7, {} as To, new ClockProbe('vm', { via: 'icmp', periodMs: DAY_MS, countsMs: true }), 0);
  assert.is(questions.answer({ nonce: 8, remoteMs: 0 }, arrival), undefined);
  assert.ok(questions.answer({ nonce: 7, remoteMs: 0 }, arrival));
  assert.is(questions.answer({ nonce: 7, remoteMs: 0 }, arrival), undefined);
});

/** The sample of an answer that took 2 ms and was read 0.5 ms later, when the kernel's clock said it was that old. */
function dated(kernelAge: number): Sample {
  const questions = new ClockRequests();
  const at = 20_000 * DAY_MS + 5000;
  questions.ask(7, {} as To, new ClockProbe('vm', { via: 'icmp', periodMs: DAY_MS, countsMs: true }), at);
  questions.stamp(7, 70_000);
  return questions.answer({ nonce: 7, remoteMs: 5001 }, { readAt: at + 2.5, kernelAt: 70_002, kernelAge })!;
}

test('an answer is dated by its kernel stamp, unless the kernel’s clock was set since', () => {
  const at = 20_000 * DAY_MS + 5000;
  const of = ({ knownAt, outcome }: Sample) => ({
    knownAt: knownAt - at,
    ...clocks([{ outcome } as Sample])[0],
  });
  const byKernel = of(dated(0.5));
  assert.equal([byKernel.knownAt, byKernel.rttMs, byKernel.offsetMs], [2, 2, 0]);
  for (const set of [-3_600_000, 3_600_000]) {
    const byOurs = of(dated(set));
    assert.equal([byOurs.knownAt, byOurs.rttMs, byOurs.offsetMs], [2.5, 2.5, -0.25]);
  }
});

test('a SYN is laid out as RFC 9293 says, and its sum holds', () => {
  const view = new DataView(new ArrayBuffer(SYN_BYTES));
  writeSyn(view, 0, { from: 20_001, to: 443, isn: 0x01020304 });
  sumUp(view, 0, 0x0a4d0001, 0x0a4d000a);
  let sum = 0x0a4d + 0x0001 + 0x0a4d + 0x000a + 6 + SYN_BYTES;
  for (let at = 0; at < SYN_BYTES; at += 2) sum += view.getUint16(at);
  assert.is(sum % 0xffff, 0, 'pseudo header and segment add up to all ones');
  assert.is(view.getUint16(12), 0xa002, 'ten words, SYN');
});

test('of a SYN-ACK it reads what is acknowledged and the TSval, wherever the options put it', () => {
  const synAck = (options: string, flags = '12') => {
    const words = 5 + options.replaceAll(' ', '').length / 8;
    const view = hex(`01bb4e21 99999999 01020305 ${words.toString(16)}0${flags}fe88 00000000 ${options}`);
    return readSynAck(view, 0, view.byteLength, 20_001);
  };
  const found = { from: 443, isn: 0x01020304, tsval: 0x12345678 };
  assert.equal(synAck('020405b4 0402080a 12345678 01020304 01030307'), found);
  assert.equal(synAck('0101080a 12345678 01020304'), found);
  assert.is(synAck('020405b4'), undefined, 'no timestamp');
  assert.is(synAck('0101080a 12345678 01020304', '14'), undefined, 'a refusal');
  assert.is(synAck('0000080a 12345678 01020304'), undefined, 'after the end of options');
  assert.is(synAck('0500080a 12345678 01020304'), undefined, 'an option without length');
  assert.is(synAck('010101080a'.padEnd(16, '0')), undefined, 'cut short');
});

asRoot('this machine’s own clock is ours, to a ms, between undisturbed echoes', async () => {
  const backend = withWitnesses(icmpDatagram, { clock: clocksOf({}) })!;
  const permitted = (await icmpDatagram.check(4)).allowed ? backend : clock;
  const { samples, failures } = await probed(permitted, {
    until: found => clocks(found).length >= 40,
  });
  assert.equal(failures, []);
  const offsets = clocks(samples).map(({ offsetMs }) => offsetMs);
  // Ours is anchored to whole ms as well: −1 for what the reply cuts off, + 1 for what the anchor does.
  assert.ok(Math.abs(mean(offsets)) <= 1, `${mean(offsets)}`);
  assert.ok(spread(offsets) <= 1.5, `${spread(offsets)}`);
  for (const { probe, outcome, at, knownAt } of samples) {
    assert.is(probe, outcome.kind === 'clock' ? 'clock' : 'icmp');
    assert.ok(knownAt >= at);
  }
  const phases = samples.filter(({ probe }) => probe === 'clock').map(({ at }) => at % 1);
  assert.ok(spread(phases) > 0.5, 'questions are spread over the ms');
});

for (const [address, family] of [
  ['127.0.0.1', 4],
  ['::1', 6],
] as const)
  asRoot(`a TCP port’s timestamps are a clock, over IPv${family}, and no connection is made`, async () => {
    let accepted = 0;
    const server = createServer(() => accepted++).listen(0, address);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { samples } = await probed(clock, {
      ...{ address, family, intervalMs: 20, options: { icmp: 0, tcp: port } },
      until: found => found.length >= 4,
    });
    server.close();
    const offsets = clocks(samples, 'tcp').map(({ offsetMs }) => offsetMs);
    assert.ok(offsets.length >= 4 && offsets.length === samples.length);
    assert.ok(spread(offsets) <= 1.5, `one clock: ${offsets}`);
    assert.is(accepted, 0);
    const gaps = samples.slice(1).map(({ at }, index) => at - samples[index]!.at);
    assert.ok(Math.min(...gaps) > 200, `no more than four a second: ${gaps}`);
  });

asRoot(
  'the clocks of ICMP and of a port that the target names are read at once, at polite rates',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { samples } = await probed(clock, {
      ...{ port, intervalMs: 50, options: { icmp: 1, tcp: 0 } },
      until: found => clocks(found, 'tcp').length >= 6,
    });
    server.close();
    const [wall, monotonic] = [clocks(samples), clocks(samples, 'tcp')];
    assert.ok(wall.length > 2 * monotonic.length, `${wall.length} and ${monotonic.length} readings`);
    assert.ok(spread(monotonic.map(({ offsetMs }) => offsetMs)) <= 1.5);
    const at = samples.flatMap(({ at, outcome }) =>
      outcome.kind === 'clock' && outcome.via === 'tcp' ? [at] : [],
    );
    const pauses = at.slice(1).map((moment, index) => moment - at[index]!);
    assert.ok(Math.min(...pauses) > 200, `no more than four a second: ${pauses}`);
  },
);

asRoot('a target that does not answer, or has no such port, costs the others nothing', async () => {
  const here = await Namespace.create();
  const there = await Namespace.create();
  join(here, there, 'veth', 74);
  const target = (id: string, address: string, family: 4 | 6) => ({ id, address, family, phaseMs: 0 });
  const drive = await Drive.start(
    {
      ...{
        backend: 'icmp-raw',
        intervalMs: 20,
        timeoutMs: 200,
        witnesses: { clock: { tcp: 9 }, announce: true },
      },
      targets: [target('vm', '10.74.0.2', 4), target('gone', '10.74.0.9', 4), target('six', 'fd00:74::2', 6)],
    },
    here,
  );
  drive.order('readdress', 'nobody', '10.74.0.2', 4);
  await drive.until(() => drive.outcomes('clock', 'vm').length >= 30, 'readings of the one that answers');
  drive.order('readdress', 'gone', '10.74.0.2', 4);
  await drive.until(() => drive.outcomes('clock', 'gone').length >= 3, 'readings of one that moved');
  await drive.until(() => drive.outcomes('reply', 'six').length > 20, 'echoes over IPv6');
  await drive.stop();
  assert.equal([drive.notices, drive.failed], [[], undefined]);
  assert.is(drive.outcomes('clock', 'six').length, 0, 'IPv6 has no timestamps');
  const offsets = drive.outcomes('clock', 'vm').map(({ offsetMs }) => offsetMs);
  assert.ok(Math.abs(mean(offsets)) <= 1 && spread(offsets) <= 2, `${mean(offsets)}, ${spread(offsets)}`);
  here.close();
  there.close();
});

asRoot(
  'who answers echoes again after a long silence is asked for the time at its usual pace at once',
  async () => {
    const here = await Namespace.create();
    const there = await Namespace.create();
    join(here, there, 'veth', 76);
    const drive = await Drive.start(
      {
        ...{ backend: 'icmp-raw', intervalMs: 20, timeoutMs: 200, witnesses: { clock: {} } },
        targets: [{ id: 'vm', address: '10.76.0.2', family: 4, phaseMs: 0 }],
      },
      here,
    );
    await drive.until(() => drive.outcomes('clock').length > 2, 'readings');
    there.run('ip link set veth down');
    await drive.until(() => drive.outcomes('lost').length > 320, 'a silence of more than 6 s');
    there.run('ip link set veth up');
    const readings = drive.outcomes('clock').length;
    await drive.until(() => drive.outcomes('clock').length > readings + 5, 'readings again');
    await drive.stop();
    const lastLost = Math.max(...drive.samples.map(({ outcome, at }) => (outcome.kind === 'lost' ? at : 0)));
    const after = (kind: string) =>
      drive.samples.find(({ outcome, at }) => outcome.kind === kind && at > lastLost)!.at;
    // Once a second it would be up to a second, and 500 ms on the average.
    assert.ok(after('clock') - after('reply') < 250, `${after('clock') - after('reply')} ms`);
    here.close();
    there.close();
  },
);

asRoot(
  'an answer under way to a target that is removed is no reading of the next one of that name',
  async () => {
    const [here, there] = [await Namespace.create(), await Namespace.create()];
    const far = await cable(here, there, 'far', 77, { delayMs: 200 });
    const target = (address: string): ProbeTarget => ({ id: 'vm', address, family: 4, phaseMs: 0 });
    const plan = { backend: 'icmp-raw', intervalMs: 20, timeoutMs: 1000, witnesses: { clock: {} } } as const;
    const drive = await Drive.start({ ...plan, targets: [target('10.77.0.2')] }, here);
    const rtts = () => drive.outcomes('clock').map(({ rttMs }) => rttMs);
    await drive.until(() => rtts().length > 60, 'readings of the first, and many under way');
    drive.order('remove', 'vm');
    drive.order('add', target('127.0.0.1'));
    const near = () => rtts().filter(rttMs => rttMs < 200);
    await drive.until(() => near().length > 40, 'readings of the second');
    await drive.stop();
    const since = rtts().slice(rtts().indexOf(near()[0]!));
    assert.equal(since.length, near().length, 'all are of the second');
    for (const each of [far, here, there]) each.close();
  },
);

test('says what it needs, and of which backends it is part', async () => {
  const permission = await clock.check(4);
  if (!permission.allowed) assert.match(permission.remedy!, /setcap cap_net_raw\+ep/);
  assert.is(withWitnesses(tcp, { clock: clocksOf({}) }), undefined);
});

test.run();
