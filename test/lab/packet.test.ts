import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arpProbe, gratuitousArp, rarp } from '../../src/lab/frames.js';
import { ipv4Of, isIcmpRequest, Policer } from '../../src/lab/packet.js';

const test = suite('packets of the lab');

/** An echo request and a timestamp request from 10.77.0.1 to 10.77.0.10 (RFC 791, RFC 792). */
const IP = '5254001234510a5e000000010800450000540000400040012649' + '0a4d00010a4d000a';
const ECHO = Buffer.from(`${IP}0800f7ff0001000100000000`, 'hex');
const STAMP = Buffer.from(`${IP}0d00f2ff0001000100000000`, 'hex');

test('finds the addresses and the kind of an ICMP request', () => {
  assert.equal(ipv4Of(ECHO), ['10.77.0.1', '10.77.0.10']);
  assert.equal(
    [ECHO, STAMP].map(frame => isIcmpRequest(frame, ['timestamp'])),
    [false, true],
  );
  assert.equal(
    [ECHO, STAMP].map(frame => isIcmpRequest(frame, ['echo', 'timestamp'])),
    [true, true],
  );
});

test('takes nothing else for one', () => {
  const reply = Buffer.from(ECHO);
  reply[34] = 0;
  const udp = Buffer.from(ECHO);
  udp[23] = 17;
  for (const frame of [reply, udp, rarp('52:54:00:12:34:51'), ECHO.subarray(0, 20), Buffer.alloc(0)])
    assert.not(isIcmpRequest(frame, ['echo', 'timestamp']));
});

test('a policer lets its rate pass on average, and a fifth of a second’s packets at once', () => {
  const policer = new Policer();
  const passed = Array.from({ length: 600 }, (_, n) => policer.passes(10, 10_000 + n * 50)).filter(Boolean);
  assert.ok(Math.abs(passed.length - 10 * 30) <= 2, `${passed.length} of 600 in 30 s`);
  const burst = Array.from({ length: 5 }, () => policer.passes(10, 100_000)).filter(Boolean);
  assert.is(burst.length, 2);
});

test('announcements are what QEMU and RFC 5227 send', () => {
  // As QEMU's announce_self_create (net/announce.c) fills it in, padding aside.
  assert.is(
    rarp('52:54:00:12:34:51').toString('hex'),
    'ffffffffffff5254001234518035000108000604000352540012345100000000' + '52540012345100000000',
  );
  assert.is(
    gratuitousArp('52:54:00:77:00:01', '10.77.0.10').toString('hex'),
    'ffffffffffff52540077000108060001080006040002' + '5254007700010a4d000a' + 'ffffffffffff0a4d000a',
  );
  assert.is(
    arpProbe('52:54:00:77:00:01', '10.77.0.10').toString('hex'),
    'ffffffffffff52540077000108060001080006040001' + '52540077000100000000' + '0000000000000a4d000a',
  );
});

test.run();
