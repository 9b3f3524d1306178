import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFrame } from '../../probes/announce/frames.js';
import { Macs } from '../../probes/announce/macs.js';
import { announce, isOnSegment } from '../../probes/announce.js';
import { join, Namespace } from '../support/namespace.js';
import { needing } from '../support/needs.js';
import { Drive } from './icmp/drive.js';

const test = suite('the announce prober');
const asRoot = needing(test, { root: true });

const BROADCAST = 'ffffffffffff';
const MAC = '525400123451';
const VM = '0a4d000a';
const NOBODY = '000000000000';
const SPELT = '52:54:00:12:34:51';

const arp = (
  operation: number,
  sender: string,
  target: string,
  { mac = MAC, to = BROADCAST, type = '0806' } = {},
) => `${to} ${mac} ${type} 0001 0800 06 04 000${operation} ${mac} ${sender} ${NOBODY} ${target}`;
/** As QEMU sends it: padded to 60 bytes, both hardware addresses its own. */
const rarp = (mac = MAC) =>
  `${BROADCAST} ${mac} 8035 0001 0800 06 04 0003 ${mac} 00000000 ${mac} 00000000 ${'00'.repeat(18)}`;
const advertisement = (
  address: string,
  { flags = '20', hops = 'ff', options = `0201${MAC}`, length = '0020' } = {},
) =>
  `333300000001 ${MAC} 86dd 60000000 ${length} 3a ${hops} ${address} ff020000000000000000000000000001
   88000000 ${flags}000000 ${address} ${options}`.replace(/\s/g, '');
const VM6 = 'fd770000000000000000000000000010';

function read(text: string) {
  const bytes = Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  return readFrame(new DataView(bytes.buffer), 0, bytes.length);
}

test('reads what QEMU and its guest send', () => {
  assert.equal(read(rarp()), { via: 'rarp', mac: SPELT, gratuitous: true });
  const own = { via: 'arp', mac: SPELT, address: '10.77.0.10' };
  assert.equal(read(arp(1, VM, VM)), { ...own, gratuitous: true });
  assert.equal(read(arp(2, VM, '0a4d0001')), { ...own, gratuitous: true }, 'an answer to everybody');
  assert.equal(read(arp(2, VM, '0a4d0001', { to: '525400000001' })), { ...own, gratuitous: false });
  assert.equal(read(arp(1, VM, '0a4d0001')), { ...own, gratuitous: false }, 'it asks for another');
  const neighbour = { via: 'advertisement', mac: SPELT, address: 'fd77::10' };
  assert.equal(read(advertisement(VM6)), { ...neighbour, gratuitous: true });
  assert.equal(read(advertisement(VM6, { flags: '60' })), { ...neighbour, gratuitous: false });
  assert.equal(read(advertisement(VM6, { options: `0101${NOBODY}0201${MAC}`, length: '0028' }))?.mac, SPELT);
});

test('reads nothing else, and nothing damaged', () => {
  const whole = [rarp(), arp(1, VM, VM), advertisement(VM6)].map(text => text.replaceAll(' ', ''));
  for (const text of whole)
    for (let bytes = 0; bytes < 42; bytes++) assert.is(read(text.slice(0, bytes * 2)), undefined);
  for (const odd of [
    arp(1, '00000000', VM),
    arp(3, VM, VM),
    arp(1, VM, VM, { type: '0800' }),
    arp(1, VM, VM).replace('0001 0800', '0006 0800'),
    rarp().replace('0003', '0004'),
    advertisement(VM6, { hops: 'fe' }),
    advertisement(VM6, { options: `0200${MAC}` }),
    advertisement(VM6, { options: `02ff${MAC}` }).slice(0, 100),
    advertisement(VM6, { options: '', length: '0018' }),
    advertisement(VM6, { length: '0010' }),
  ])
    assert.is(read(odd), undefined, odd);
});

test('forged hardware addresses never displace the one in the kernel’s table', () => {
  const macs = new Macs();
  macs.add('true');
  macs.confirm('true');
  assert.is(macs.unconfirmed, false);
  for (const forged of ['a', 'b', 'c', 'd', 'e']) macs.add(forged);
  assert.equal(
    ['true', 'a', 'b', 'c', 'd', 'e'].map(mac => macs.has(mac)),
    [true, false, false, true, true, true],
  );
  assert.is(macs.unconfirmed, true, 'so that the kernel’s table is read again');
  macs.confirm('new');
  for (const forged of ['a', 'b', 'd', 'e']) macs.add(forged);
  assert.equal([macs.has('new'), macs.has('true')], [true, false], 'the kernel’s table decides');
});

/** A host and a neighbour that can send any frame to it. */
async function segment() {
  const here = await Namespace.create();
  const there = await Namespace.create();
  join(here, there, 'veth', 75);
  const program = fileURLToPath(new URL('./announce/sender.js', import.meta.url));
  const sender: ChildProcess = there.spawn([process.execPath, program, 'veth'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(sender.stdout!, 'data');
  return {
    here,
    mac: /link\/ether (\S+)/.exec(there.run('ip link show veth'))![1]!,
    send: (frame: string) => void sender.stdin!.write(`${frame.replaceAll('\n', '')}\n`),
    close: () => {
      sender.stdin!.end();
      here.close();
      there.close();
    },
  };
}

const watched = (here: Namespace) =>
  Drive.start(
    {
      ...{ backend: 'icmp-raw', intervalMs: 50, timeoutMs: 500, witnesses: { announce: true } },
      targets: [
        { id: 'vm', address: '10.75.0.2', family: 4, phaseMs: 0 },
        { id: 'six', address: 'fd00:75::2', family: 6, phaseMs: 25 },
        { id: 'self', address: '127.0.0.1', family: 4, phaseMs: 10 },
      ],
    },
    here,
  );

asRoot('reports only the announcements of watched targets', async () => {
  const { here, mac, send, close } = await segment();
  const drive = await watched(here);
  const own = mac.replaceAll(':', '');
  await drive.until(() => drive.outcomes('reply', 'vm').length > 2, 'replies, which make it a neighbour');
  // Until the kernel's table, or its ARP reply, has told whose hardware address it is, RARP says nothing.
  for (
    let tries = 0;
    tries < 40 && drive.outcomes('announce', 'vm').every(({ via }) => via !== 'rarp');
    tries++
  ) {
    send(rarp(own));
    await wait(100);
  }
  send(rarp());
  send(arp(1, '0a4b0003', '0a4b0003'));
  send(arp(1, '0a4b0002', '0a4b0002', { mac: own }));
  send(arp(1, '0a4b0002', '0a4b0002'));
  send(rarp());
  send(advertisement('fd000075000000000000000000000002'));
  await drive.until(
    () =>
      drive.outcomes('announce', 'six').some(({ gratuitous, mac }) => gratuitous && mac === SPELT) &&
      drive.outcomes('announce', 'vm').some(({ via, mac }) => via === 'rarp' && mac === SPELT),
    'the last ones',
  );
  await drive.stop();
  assert.equal([drive.notices, drive.failed], [[], undefined]);
  const heard = drive.outcomes('announce', 'vm').filter(({ gratuitous }) => gratuitous);
  const after = heard.slice(heard.findIndex(({ via }) => via === 'arp'));
  assert.equal(after, [
    { kind: 'announce', via: 'arp', mac, gratuitous: true },
    { kind: 'announce', via: 'arp', mac: SPELT, gratuitous: true },
    { kind: 'announce', via: 'rarp', mac: SPELT, gratuitous: true },
  ]);
  assert.equal(
    drive.outcomes('announce', 'six').filter(({ via, gratuitous }) => gratuitous && via !== 'rarp'),
    [{ kind: 'announce', via: 'advertisement', mac: SPELT, gratuitous: true }],
  );
  assert.is(drive.outcomes('announce', 'self').length, 0);
  const told = drive.of('vm').filter(({ probe }) => probe === 'announce');
  assert.equal(
    told.map(({ seq }) => seq),
    told.map((_, index) => index),
  );
  close();
});

asRoot('a flood is counted, costs the echoes nothing, and is said', async () => {
  const { here, send, close } = await segment();
  try {
    await floods(here, send);
  } finally {
    close();
  }
});

async function floods(here: Namespace, send: (frames: string) => void): Promise<void> {
  const drive = await watched(here);
  await drive.until(() => drive.outcomes('reply', 'vm').length > 2, 'replies');
  send(`20000*${arp(1, '0a4b0002', '0a4b0002', { mac: 'fe0000000001' })}`);
  await wait(1500);
  send(arp(1, '0a4b0002', '0a4b0002', { mac: 'fe0000000001' }));
  // One notice a minute: of whichever limit was reached first.
  const counted =
    /^dropped (\d+ announcements of vm within a second|announcements: more than 2048 came within a second)/;
  await drive.until(() => drive.notices.some(notice => counted.test(notice)), 'the count');
  await drive.stop();
  assert.ok(drive.outcomes('announce', 'vm').length <= 3 * 64 + 1);
  assert.is(drive.outcomes('lost', 'six').length, 0);
}

asRoot('receives announcements again on an interface that was deleted and made again', async () => {
  const here = await Namespace.create();
  const there = await Namespace.create();
  join(here, there, 'veth', 75);
  const drive = await watched(here);
  const said = () => drive.notices.filter(notice => notice.startsWith('announcements'));
  await drive.until(() => drive.outcomes('reply', 'vm').length > 2, 'replies');
  here.run('ip link del veth');
  await drive.until(() => said().length === 1, 'that it is gone');
  const before = drive.outcomes('announce', 'vm').length;
  join(here, there, 'veth', 75);
  await drive.until(() => said().length === 2, 'that it is back');
  here.run('ip neigh flush dev veth');
  await drive.until(() => drive.outcomes('announce', 'vm').length > before, 'an ARP reply');
  await drive.stop();
  assert.match(said().join(), /interface "veth" is gone,.*interface "veth" is back/);
  assert.is(drive.failed, undefined);
  here.close();
  there.close();
});

asRoot('listens on the segments that targets are on, and on no others', async () => {
  const [here, there] = [await Namespace.create(), await Namespace.create()];
  join(here, there, 'one', 75);
  join(here, there, 'two', 78);
  const target = (id: string, net: number) =>
    ({ id, address: `10.${net}.0.2`, family: 4, phaseMs: 0 }) as const;
  const drive = await Drive.start(
    {
      ...{ backend: 'icmp-raw', intervalMs: 20, timeoutMs: 500, witnesses: { announce: true } },
      targets: [target('stays', 75), target('moves', 75)],
    },
    here,
  );
  const interfaces = ['one', 'two'].map(name => here.run(`ip -o link show ${name}`).split(':')[0]!);
  /** The names of the interfaces that packet sockets are bound to: proc(5), /proc/net/packet. */
  const listening = () => {
    const sockets = here.run('cat /proc/net/packet').trim().split('\n').slice(1);
    const names = sockets.map(line => ['one', 'two'][interfaces.indexOf(line.trim().split(/\s+/)[4]!)]);
    return [...new Set(names)].sort().join();
  };
  const until = (names: string) => drive.until(() => listening() === names, `sockets on ${names}`);
  await until('one');
  drive.order('readdress', 'moves', '10.78.0.2', 4);
  await until('one,two');
  drive.order('remove', 'stays');
  await until('two');
  drive.order('readdress', 'moves', '127.0.0.1', 4);
  await until('');
  drive.order('add', target('comes', 78));
  await until('two');
  await drive.until(() => drive.outcomes('announce', 'comes').length > 0, 'an ARP reply');
  await drive.stop();
  assert.equal([drive.notices, drive.failed], [[], undefined]);
  here.close();
  there.close();
});

test('recognises targets that are not on our segments, and names what it needs', async () => {
  assert.is(await isOnSegment({ address: '127.0.0.1', family: 4 }), false);
  assert.is(await isOnSegment({ address: '203.0.113.1', family: 4 }), false);
  const permission = await announce.check(4);
  if (!permission.allowed) assert.match(permission.remedy!, /setcap cap_net_raw\+ep/);
});

test.run();
