import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NTP_BYTES, readNtpAnswer, writeNtpRequest } from '../../../probes/clock/ntp.js';
import type { Sample } from '../../../src/core/sample.js';
import { cable } from '../../support/cable.js';
import { join as connect, Namespace } from '../../support/namespace.js';
import { needing } from '../../support/needs.js';
import type { NtpManners } from '../../support/ntp-server.js';
import { pause } from '../../support/probed.js';
import { Drive } from '../icmp/drive.js';

const test = suite('the clock by NTP');
const asRoot = needing(test, { root: true });
const withChrony = needing(test, { root: true, commands: ['chronyd'] });

const hex = (text: string) =>
  new DataView(Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex')).buffer);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const readings = (samples: readonly Sample[]) =>
  samples.flatMap(({ outcome }) => (outcome.kind === 'clock' && outcome.via === 'ntp' ? [outcome] : []));

test('a request holds nothing but version, mode and a cookie', () => {
  const view = new DataView(new ArrayBuffer(NTP_BYTES));
  writeNtpRequest(view, 0, 0x0123456789abcdefn);
  assert.is(Buffer.from(view.buffer).toString('hex'), `23${'00'.repeat(39)}0123456789abcdef`);
});

/** An answer that chronyd 4.3 sent: received at 1795289400.123… and sent 68 µs later. */
const COOKIE = '0123456789abcdef';
const answer = (given: Partial<Record<'head' | 'id' | 'origin' | 'received' | 'sent', string>> = {}) => {
  const {
    head = '24080ae9',
    id = '7f7f0101',
    origin = COOKIE,
    received = 'eb2a0000 40000000',
    sent = 'eb2a0000 41000000',
  } = given;
  const view = hex(`${head} 00000000 00000000 ${id} eb29fff000000000 ${origin} ${received} ${sent}`);
  return readNtpAnswer(view, 0, view.byteLength);
};

test('of an answer it reads the middle of the two stamps, the time between them and the precision', () => {
  const found = answer()!;
  assert.is(found.cookie, 0x0123456789abcdefn);
  assert.not.ok(found.refusal);
  if (found.refusal) return;
  // 0xeb2a0000 s since 1900 are 3945398272, 1736409472 since 1970; 0x40 and 0x41 of 0x100 s are 250 and 253.90625 ms.
  assert.is(found.remoteMs, 1_736_409_472_000 + (250 + 253.90625) / 2);
  assert.is(found.heldMs, 3.90625);
  assert.is(found.precisionMs, 1000 * 2 ** -23);
});

test('it refuses what is not an answer of a server, or has no stamps that make sense', () => {
  const refused: Record<string, Parameters<typeof answer>[0]> = {
    'a client': { head: '23080ae9' },
    'a broadcast': { head: '25080ae9' },
    'version 2': { head: '14080ae9' },
    'a precision of 2 s': { head: '24080a01' },
    'no receive stamp': { received: '00000000 00000000' },
    'no transmit stamp': { sent: '00000000 00000000' },
    'sent before it was received': { sent: 'eb2a0000 3f000000' },
    'a kiss that has no meaning for us': { head: '24000ae9', id: '494e4954' },
  };
  for (const [what, given] of Object.entries(refused)) assert.is(answer(given), undefined, what);
  assert.is(readNtpAnswer(hex('24080ae9'), 0, 4), undefined, 'cut short');
  assert.ok(answer({ head: 'e4080ae9' }), 'a server that is not synchronised still has a clock');
});

test('a kiss of death is read as what it asks for', () => {
  const kiss = (code: string) => answer({ head: 'e4000ae9', id: Buffer.from(code).toString('hex') })?.refusal;
  assert.equal(kiss('RATE'), { code: 'RATE', forGood: false });
  assert.equal(kiss('DENY'), { code: 'DENY', forGood: true });
  assert.equal(kiss('RSTR'), { code: 'RSTR', forGood: true });
});

/** Two namespaces, and a server that may lie in the second. */
async function world(net: number) {
  const [here, there] = [await Namespace.create(), await Namespace.create()];
  connect(here, there, 'veth', net);
  const program = fileURLToPath(new URL('../../support/ntp-server.js', import.meta.url));
  const child = there.spawn([process.execPath, program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const requests: string[] = [];
  createInterface({ input: child.stdout! }).on('line', line => requests.push(line));
  await once(child.stdout!, 'data');
  const drive = await Drive.start(
    {
      ...{
        backend: 'icmp-raw',
        intervalMs: 100,
        timeoutMs: 500,
        witnesses: { clock: { icmp: 0, ntp: 100 } },
      },
      targets: [{ id: 'vm', address: `10.${net}.0.2`, family: 4, phaseMs: 0 }],
    },
    here,
  );
  return {
    drive,
    requests,
    server: (manners: Partial<NtpManners>) => void child.stdin!.write(`${JSON.stringify(manners)}\n`),
    close: async () => {
      await drive.stop();
      child.stdin!.end();
      for (const each of [here, there]) each.close();
    },
  };
}

asRoot('it reads a server’s clock within its stated error, and its step of minus the blackout', async () => {
  const { drive, server, requests, close } = await world(81);
  const read = () => readings(drive.samples);
  await drive.until(() => read().length >= 8, 'readings');
  const before = read();
  for (const { offsetMs, errorMs, rttMs } of before) {
    // Server and prober are on one machine; both anchor CLOCK_REALTIME to a monotonic clock, at whole ms.
    assert.ok(Math.abs(offsetMs) <= errorMs! + 1.5, `${offsetMs} ms, stated ± ${errorMs}`);
    assert.ok(errorMs! <= rttMs / 2 + 0.01);
  }
  server({ offsetMs: -280, holdMs: 5 });
  await drive.until(() => read().filter(({ offsetMs }) => offsetMs < -200).length >= 8, 'the step');
  const after = read().filter(({ offsetMs }) => offsetMs < -200);
  const step = median(after.map(({ offsetMs }) => offsetMs)) - median(before.map(({ offsetMs }) => offsetMs));
  assert.ok(Math.abs(step + 280) < 2, `a step of ${step} ms`);
  assert.ok(median(after.map(({ rttMs }) => rttMs)) >= 5, 'the round trip holds what the server waited');
  assert.ok(median(after.map(({ errorMs }) => errorMs!)) < 2.5, 'the error does not');
  assert.is(new Set(requests.slice(1)).size, requests.length - 1, 'no cookie is used twice');
  await close();
});

const HOSTILE: Record<string, Partial<NtpManners>> = {
  'guesses half of the cookie': { cookieBytes: 4 },
  'answers as a client would': { mode: 3 },
  'answers from another port': { elsewhere: true },
  'kisses without a meaning': { stratum: 0, reference: 'STEP' },
};

asRoot('no reading comes from answers that are forged, unrelated or repeated', async () => {
  const { drive, server, requests, close } = await world(82);
  const read = () => readings(drive.samples).length;
  await drive.until(() => read() > 2, 'readings');
  for (const [what, manners] of Object.entries(HOSTILE)) {
    server({ offsetMs: -9000, ...manners });
    await pause(150);
    const [had, asked] = [read(), requests.length];
    await drive.until(() => requests.length >= asked + 4, 'requests');
    assert.is(read(), had, what);
  }
  server({ times: 5 });
  await pause(150);
  const [had, asked] = [read(), requests.length];
  await drive.until(() => requests.length >= asked + 4, 'requests');
  await pause(50);
  assert.ok(read() - had <= requests.length - asked + 1, 'one reading a request');
  assert.not.ok(readings(drive.samples).some(({ offsetMs }) => offsetMs < -5000));
  await close();
});

asRoot('a kiss of death is obeyed: RATE slows the requests down, DENY ends them', async () => {
  const { drive, server, requests, close } = await world(83);
  await drive.until(() => readings(drive.samples).length > 2, 'readings');
  server({ stratum: 0, reference: 'RATE' });
  await drive.until(() => drive.notices.length >= 2, 'two kisses');
  assert.match(drive.notices[0]!, /^vm wants fewer NTP requests \(RATE\): asking it every 0\.2 s$/);
  assert.match(drive.notices[1]!, /every 0\.4 s$/);
  server({});
  const had = drive.samples.length;
  await drive.until(() => readings(drive.samples.slice(had)).length >= 4, 'readings again');
  const times = drive.samples
    .slice(had)
    .filter(({ probe }) => probe === 'clock')
    .map(({ at }) => at);
  assert.ok(times[3]! - times[1]! > 700, 'at the slower pace');
  server({ stratum: 0, reference: 'DENY' });
  await drive.until(() => drive.notices.length >= 3, 'the refusal');
  assert.match(drive.notices[2]!, /refuses NTP requests \(DENY\): not asking it again/);
  const asked = requests.length;
  await pause(1000);
  assert.is(requests.length, asked);
  await close();
});

withChrony('a real chronyd is read over 20 ms within the error that is stated', async () => {
  const [here, there] = [await Namespace.create(), await Namespace.create()];
  const far = await cable(here, there, 'far', 84, { delayMs: 10 });
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
  // -x: it leaves this machine's clock alone.
  const options = ['-d', '-x', '-L', '3'];
  const pidFile = `pidfile ${join(folder, 'pid')}`;
  const directives = ['local stratum 8', 'allow all', 'cmdport 0', pidFile, 'user root'];
  const child = there.spawn(['chronyd', ...options, ...directives], { stdio: 'ignore' });
  const drive = await Drive.start(
    {
      ...{
        backend: 'icmp-raw',
        intervalMs: 100,
        timeoutMs: 500,
        witnesses: { clock: { icmp: 0, ntp: 100 } },
      },
      targets: [{ id: 'vm', address: '10.84.0.2', family: 4, phaseMs: 0 }],
    },
    here,
  );
  await drive.until(() => readings(drive.samples).length >= 10, 'readings');
  await drive.stop();
  for (const { offsetMs, errorMs, rttMs } of readings(drive.samples)) {
    assert.ok(rttMs >= 20 && errorMs! >= 10);
    assert.ok(Math.abs(offsetMs) <= errorMs! + 1.5, `${offsetMs} ms, stated ± ${errorMs}`);
  }
  child.kill();
  await once(child, 'close');
  rmSync(folder, { recursive: true });
  for (const each of [far, here, there]) each.close();
});

test.run();
