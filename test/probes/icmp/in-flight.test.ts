import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InFlightProbes } from '../../../probes/icmp/in-flight.js';
import type { Sample } from '../../../src/core/sample.js';

const test = suite('in-flight probes');
const NONE = Number.NaN;

/** A flight at 100 ms with a timeout of 1 s, and what it has told. */
function flight() {
  const told: Sample[] = [];
  const probes = new InFlightProbes(
    { target: 'vm', intervalMs: 100, timeoutMs: 1000 },
    sample => void told.push(sample),
  );
  const outcomes = () => told.map(({ seq, outcome }) => [seq, outcome]);
  return { probes, told, outcomes };
}

test('a reply is told with the kernel’s RTT, when it was sent and when it was known', () => {
  const { probes, told } = flight();
  probes.sent(5000, NONE);
  probes.stamp(0, 70_000.1);
  probes.reply(0, 5001.5, 70_001.3, 0.2, 61);
  assert.equal(told, [
    {
      at: 5000,
      knownAt: 5001.2,
      target: 'vm',
      probe: 'icmp',
      seq: 0,
      outcome: { kind: 'reply', rttMs: 1.2, ttl: 61, stamp: 'kernel' },
    },
  ]);
});

test('a probe that this machine held back was sent when the kernel stamped it', () => {
  const { probes, told } = flight();
  probes.sent(5000, NONE);
  // Its hardware address was asked for; it left 290 ms later and took 33.7 ms, and was read 0.3 ms after that.
  probes.stamp(0, 70_290);
  probes.reply(0, 5324, 70_323.7, 0.3, 64);
  assert.equal([told[0]!.at, told[0]!.knownAt], [5290, 5323.7]);
  assert.is((told[0]!.outcome as { rttMs: number }).rttMs, 33.7);
});

test('a kernel clock that was set back an hour after it stamped a reply does not date the probe an hour ahead', () => {
  const { probes, told } = flight();
  probes.sent(5000, NONE);
  probes.stamp(0, 70_000.1);
  probes.reply(0, 5001.5, 70_001.3, -3_600_000, 61);
  assert.equal([told[0]!.at, told[0]!.knownAt], [5000, 5001.2]);
});

test('before the first reply nothing is overdue, and a probe is lost at its timeout', () => {
  const { probes, told } = flight();
  probes.sent(0, NONE);
  assert.is(probes.deadline, 1000);
  probes.expire(999.999);
  assert.equal(told, []);
  probes.expire(1003);
  assert.equal(told[0]!.outcome, { kind: 'lost', reason: 'timeout' });
  assert.is(told[0]!.knownAt, 1000);
  assert.is(probes.deadline, Infinity);
});

test('an unanswered probe is overdue once at 50 ms, lost at 1 s, and late after that', () => {
  const { probes, outcomes } = flight();
  probes.sent(0, NONE);
  probes.reply(0, 1, NONE, NONE, NONE);
  probes.sent(100, NONE);
  assert.is(probes.deadline, 150);
  probes.expire(150.2);
  probes.expire(170);
  assert.is(probes.deadline, 1100);
  probes.expire(1100);
  probes.reply(1, 1400, NONE, NONE, 64);
  assert.equal(outcomes().slice(1), [
    [1, { kind: 'overdue', waitedMs: 50.2 }],
    [1, { kind: 'lost', reason: 'timeout' }],
    [1, { kind: 'reply', rttMs: 1300, ttl: 64, late: true, stamp: 'user' }],
  ]);
});

test('a reply that took longer than the timeout was lost first, even if we were not there to see', () => {
  const { probes, told } = flight();
  probes.sent(0, NONE);
  probes.reply(0, 5000, NONE, 3800, NONE);
  assert.equal(
    told.map(({ knownAt, outcome }) => [knownAt, outcome.kind]),
    [
      [1000, 'lost'],
      [1200, 'reply'],
    ],
  );
});

test('a reply read late after a stall of ours is neither late nor lost', () => {
  const { probes, outcomes } = flight();
  probes.sent(0, 400);
  probes.reply(0, 5000, NONE, 4998, NONE);
  probes.expire(5000);
  assert.equal(outcomes(), [[0, { kind: 'reply', rttMs: 2, stamp: 'kernel-rx' }]]);
});

test('what came twice, or from elsewhere, is told once a probe', () => {
  const { probes, outcomes } = flight();
  probes.sent(0, NONE);
  for (let times = 0; times < 3; times++) probes.unexpectedSource(0, 1, '192.0.2.1');
  for (let times = 0; times < 4; times++) probes.reply(0, 2 + times, NONE, NONE, NONE);
  assert.equal(outcomes(), [
    [0, { kind: 'foreign', from: '192.0.2.1' }],
    [0, { kind: 'reply', rttMs: 2, stamp: 'user' }],
    [0, { kind: 'duplicate', rttMs: 3 }],
  ]);
});

test('an ICMP error is a hint: the probe waits on, a reply counts, and without one that is why', () => {
  const { probes, outcomes } = flight();
  for (const at of [0, 1]) probes.sent(at, NONE);
  for (const seq of [0, 0, 1, 2]) probes.unreachable(seq, '192.0.2.254');
  probes.reply(1, 11, NONE, NONE, NONE);
  probes.expire(2000);
  probes.reply(0, 2500, NONE, NONE, NONE);
  probes.unreachable(0, '192.0.2.254');
  probes.expire(9000);
  assert.equal(outcomes(), [
    [1, { kind: 'reply', rttMs: 10, stamp: 'user' }],
    [0, { kind: 'lost', reason: 'unreachable', from: '192.0.2.254' }],
    [0, { kind: 'reply', rttMs: 2500, late: true, stamp: 'user' }],
  ]);
});

test('an unsent probe has a number and a lag, and nothing else comes of it', () => {
  const { probes, told } = flight();
  probes.unsent(10, 7.5, 'EPERM');
  probes.reply(0, 11, NONE, NONE, NONE);
  probes.expire(5000);
  assert.is(probes.next, 1);
  assert.equal(told, [
    {
      at: 10,
      knownAt: 10,
      target: 'vm',
      probe: 'icmp',
      seq: 0,
      outcome: { kind: 'unsent', reason: 'EPERM' },
      lagMs: 7.5,
    },
  ]);
});

test('remembers a probe 10 s past its timeout, and ignores what was never sent or is long gone', () => {
  const { probes, told } = flight();
  for (let seq = 0; seq < 500; seq++) probes.sent(seq * 100, NONE);
  const newest = 499 * 100;
  probes.reply(500, newest, NONE, NONE, NONE);
  probes.reply(0, newest, NONE, NONE, NONE);
  assert.equal(told, []);
  probes.reply(499 - 110, newest, NONE, NONE, NONE);
  assert.equal(
    told.map(({ seq, outcome }) => [seq, outcome.kind]),
    [
      [389, 'lost'],
      [389, 'reply'],
    ],
  );
});

test('the header’s 16 bits name the newest probe that ends in them', () => {
  const { probes } = flight();
  for (let seq = 0; seq < 65_540; seq++) probes.sent(seq, NONE);
  assert.is(probes.fullSeq(3), 65_539);
  assert.is(probes.fullSeq(4), 4);
  assert.is(probes.fullSeq(65_535), 65_535);
});

test.run();
