import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EchoReader, number, writeRequest } from '../../../probes/icmp/wire.js';
import { ControlReader } from '../../../probes/net/control.js';
import { addressText, checksum, ipv4HeaderBytes } from '../../../probes/net/packet.js';
import { bestRtt } from '../../../probes/timing/rtt.js';

const test = suite('ICMP on the wire');
const bytes = (hex: string) => {
  const buffer = Buffer.from(hex.replace(/\s/g, ''), 'hex');
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
};

test('the checksum is that of RFC 1071', () => {
  // Section 3's example: 00 01 f2 03 f4 f5 f6 f7 sums up to ddf2.
  assert.is(checksum(bytes('0001 f203 f4f5 f6f7'), 0, 8), 0xffff - 0xddf2);
  // By hand: 0800 + 0001 + 0006 = 0807, whose complement is f7f8.
  assert.is(checksum(bytes('0800 0000 0001 0006'), 0, 8), 0xf7f8);
});

test('a request is 64 bytes that carry token, index and the whole sequence number', () => {
  const view = new DataView(new ArrayBuffer(70));
  writeRequest(view, 4, { family: 4, id: 0xabcd, token: [0x11223344, 0x55667788], index: 9 });
  number(view, 4, 0x12345);
  const hex = Buffer.from(view.buffer, 4, 32).toString('hex');
  assert.is(
    hex.slice(0, 4) + hex.slice(8),
    '0800abcd2345112233445566778800000009000123451819' + '1a1b1c1d1e1f',
  );
  assert.is(checksum(view, 4, 64), 0, 'a message sums to zero with its checksum in');
});

const IDENTITY = { family: 4, id: 1, token: [7, 8], index: 2 } as const;

function request(seq: number): DataView {
  const view = new DataView(new ArrayBuffer(64));
  writeRequest(view, 0, IDENTITY);
  number(view, 0, seq);
  return view;
}

test('a reader takes our messages and no others', () => {
  const reader = new EchoReader();
  const view = request(70_000);
  assert.ok(reader.read(view, 0, 64, 8));
  assert.ok(reader.carries(IDENTITY));
  assert.is(reader.seq, 70_000);
  assert.not(reader.read(view, 0, 64, 0), 'another type');
  assert.not(reader.read(view, 0, 7, 8), 'too short for a header');
  for (const [at, what] of [
    [7, 'sequence number'],
    [8, 'token'],
    [15, 'token'],
    [19, 'index'],
    [23, 'sequence number in the payload'],
  ] as const) {
    const forged = request(70_000);
    forged.setUint8(at, forged.getUint8(at) ^ 1);
    assert.ok(reader.read(forged, 0, 64, 8));
    assert.not(reader.carries(IDENTITY), what);
  }
  assert.ok(reader.read(view, 0, 8, 8) && !reader.whole && reader.wireSeq === 70_000 - 65_536);
  assert.not(reader.carries(IDENTITY), 'a header alone');
});

test('the length of an IPv4 header is read from it, and a truncated one is refused', () => {
  assert.is(ipv4HeaderBytes(bytes(`46${'00'.repeat(30)}`), 0, 31), 24);
  assert.is(ipv4HeaderBytes(bytes('45000000'), 0, 4), 5);
});

test('addresses are spelt as RFC 5952 has them', () => {
  assert.is(addressText(bytes('c0000201'), 0, 4), '192.0.2.1');
  for (const [hex, text] of [
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['00000000000000000000000000000001', '::1'],
    ['00000000000000000000000000000000', '::'],
    ['fe800000000000000000000000000000', 'fe80::'],
    ['20010000000100000000000000000001', '2001:0:1::1'],
    ['00100000000100000000000200030010', '10:0:1::2:3:10'],
  ] as const)
    assert.is(addressText(bytes(hex), 0, 6), text);
});

test('ancillary data give stamp, TTL and error, and broken ones give nothing', () => {
  const reader = new ControlReader();
  // SCM_TIMESTAMPING of 1700000001.5 s, then IP_TTL 61.
  const stamp = '4000000000000000 01000000 25000000 01f1536500000000 0065cd1d00000000'.concat(
    '00'.repeat(32),
  );
  const ttl = '1400000000000000 00000000 02000000 3d000000 00000000';
  const view = bytes(stamp + ttl);
  reader.read(view, 0, view.byteLength, 4);
  assert.is(reader.stamp, 1500);
  assert.is(reader.ttl, 61);
  assert.not(reader.icmpError);
  // IP_RECVERR: EHOSTUNREACH from ICMP 3/1, offender 192.0.2.254.
  const error =
    '3000000000000000 00000000 0b000000 71000000 02030100 0000000000000000 02000000c00002fe0000000000000000';
  reader.read(bytes(error), 0, 48, 4);
  assert.ok(reader.icmpError && Number.isNaN(reader.stamp) && Number.isNaN(reader.ttl));
  assert.is(addressText(bytes(error), reader.offenderAt + 4, 4), '192.0.2.254');
  for (const broken of [
    'ff00000000000000 00000000 02000000 3d000000',
    `0100000000000000${'00'.repeat(16)}`,
  ]) {
    reader.read(bytes(broken), 0, broken.replace(/ /g, '').length / 2, 4);
    assert.ok(Number.isNaN(reader.ttl));
  }
});

test('the kernel’s RTT is believed within (0, ours], then its stamp on the reply, then ours', () => {
  assert.equal(bestRtt({ userMs: 1, kernelMs: 0.5004, kernelRxMs: 0.9 }), { rttMs: 0.5, stamp: 'kernel' });
  assert.equal(bestRtt({ userMs: 1, kernelMs: 1.1, kernelRxMs: 0.9 }), { rttMs: 0.9, stamp: 'kernel-rx' });
  assert.equal(bestRtt({ userMs: 1, kernelMs: -3, kernelRxMs: 4 }), { rttMs: 1, stamp: 'user' });
  assert.equal(bestRtt({ userMs: 1, kernelMs: Number.NaN, kernelRxMs: Number.NaN }), {
    rttMs: 1,
    stamp: 'user',
  });
});

test.run();
