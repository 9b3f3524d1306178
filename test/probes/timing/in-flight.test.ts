import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InFlightProbes } from '../../../probes/timing/in-flight.js';
import type { Sample } from '../../../src/core/sample.js';

const test = suite('in-flight probes');
const NONE = Number.NaN;

/** Probes in flight with a timeout of 1 s and a lag tolerance of 5 ms, and the samples that they made. */
function inFlight() {
  const samples: Sample[] = [];
  const probes = new InFlightProbes(
    { target: 'vm', probe: 'icmp', timeoutMs: 1000, lagToleranceMs: 5 },
    sample => void samples.push(sample),
  );
  const outcomes = () => samples.map(({ seq, outcome }) => [seq, outcome]);
  return { probes, samples, outcomes };
}

test('a reply carries the kernel’s RTT, when it was sent and when it was known', () => {
  const { probes, samples } = inFlight();
  probes.sent(5000, 0);
  probes.stamp(0, 70_000.1);
  probes.reply(0, 5001.5, 61, 70_001.3, 0.2);
  assert.equal(samples, [
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

test('without kernel stamps the RTT runs until the reply was read, in whole microseconds', () => {
  const { probes, samples } = inFlight();
  probes.sent(100, 0);
  probes.reply(0, 100.9124, 64);
  assert.equal(
    [samples[0]!.at, samples[0]!.knownAt, samples[0]!.outcome],
    [100, 100.912, { kind: 'reply', rttMs: 0.912, ttl: 64, stamp: 'user' }],
  );
});

test('an RTT that another program measured replaces the difference of the two times', () => {
  const { probes, samples } = inFlight();
  probes.sent(100, 0);
  probes.measuredReply(0, 103, 0.5, NONE, 'kernel-rx');
  assert.equal(
    [samples[0]!.at, samples[0]!.knownAt, samples[0]!.outcome],
    [100, 103, { kind: 'reply', rttMs: 0.5, stamp: 'kernel-rx' }],
  );
});

test('a probe that this machine held back was sent when the kernel stamped it, and left late', () => {
  const { probes, samples } = inFlight();
  probes.sent(5000, 0);
  // Its hardware address was resolved; it left 290 ms later and took 33.7 ms, and was read 0.3 ms after that.
  probes.stamp(0, 70_290);
  probes.reply(0, 5324, 64, 70_323.7, 0.3);
  assert.equal([samples[0]!.at, samples[0]!.knownAt, samples[0]!.lagMs], [5290, 5323.7, 290]);
  assert.is((samples[0]!.outcome as { rttMs: number }).rttMs, 33.7);
});

test('a kernel clock that was set back an hour after it stamped a reply does not date the probe an hour ahead', () => {
  const { probes, samples } = inFlight();
  probes.sent(5000, 0);
  probes.stamp(0, 70_000.1);
  probes.reply(0, 5001.5, 61, 70_001.3, -3_600_000);
  assert.equal([samples[0]!.at, samples[0]!.knownAt], [5000, 5001.2]);
});

test('before the first reply nothing is overdue, and a probe is lost at its timeout', () => {
  const { probes, samples } = inFlight();
  probes.sent(0, 0);
  assert.is(probes.deadline, 1000);
  probes.expire(999.999);
  assert.equal(samples, []);
  probes.expire(1003);
  assert.equal(samples[0]!.outcome, { kind: 'lost', reason: 'timeout' });
  assert.is(samples[0]!.knownAt, 1000);
  assert.is(probes.deadline, Infinity);
});

test('an unanswered probe is overdue once at 50 ms, lost once at 1 s, late after that, then a duplicate', () => {
  const { probes, outcomes } = inFlight();
  probes.sent(0, 0);
  probes.reply(0, 1);
  probes.sent(100, 0);
  assert.is(probes.deadline, 150, '3 × 1 ms lies under the floor of 50 ms');
  probes.expire(149.9);
  assert.is(outcomes().length, 1);
  probes.expire(150.2);
  probes.expire(170);
  assert.is(probes.deadline, 1100);
  probes.expire(1100);
  probes.expire(1200);
  assert.is(probes.deadline, Infinity);
  probes.reply(1, 1400, 64);
  probes.reply(1, 1500, 64);
  assert.equal(outcomes().slice(1), [
    [1, { kind: 'overdue', waitedMs: 50.2 }],
    [1, { kind: 'lost', reason: 'timeout' }],
    [1, { kind: 'reply', rttMs: 1300, ttl: 64, late: true, stamp: 'user' }],
    [1, { kind: 'duplicate', rttMs: 1400 }],
  ]);
});

test('a steady RTT of 40 ms is overdue at three times that', () => {
  const { probes } = inFlight();
  probes.sent(0, 0);
  probes.reply(0, 40);
  probes.sent(100, 0);
  assert.is(probes.deadline, 220);
});

test('an answered probe does not keep older ones from falling due', () => {
  const { probes, outcomes } = inFlight();
  probes.sent(0, 0);
  probes.reply(0, 1);
  probes.sent(10, 0);
  probes.sent(20, 0);
  probes.reply(2, 21);
  probes.expire(61);
  assert.equal(outcomes().slice(2), [[1, { kind: 'overdue', waitedMs: 51 }]]);
});

test('a reply that took longer than the timeout was lost first, even if nothing expired in between', () => {
  const { probes, samples } = inFlight();
  probes.sent(0, 0);
  probes.reply(0, 5000, NONE, NONE, 3800);
  assert.equal(
    samples.map(({ knownAt, outcome }) => [knownAt, outcome.kind]),
    [
      [1000, 'lost'],
      [1200, 'reply'],
    ],
  );
});

test('a reply read late after a stall of ours is neither late nor lost', () => {
  const { probes, outcomes } = inFlight();
  probes.sent(0, 400);
  probes.reply(0, 50_000, NONE, NONE, 49_998);
  probes.expire(50_000);
  assert.equal(outcomes(), [[0, { kind: 'reply', rttMs: 2, stamp: 'kernel-rx' }]]);
});

test('duplicates and replies from unexpected sources are reported once a probe, and leave it waiting', () => {
  const { probes, outcomes } = inFlight();
  probes.sent(0, 0);
  for (let times = 0; times < 3; times++) probes.unexpectedSource(0, 1, '192.0.2.1');
  for (let times = 0; times < 4; times++) probes.reply(0, 2 + times);
  assert.equal(outcomes(), [
    [0, { kind: 'foreign', from: '192.0.2.1' }],
    [0, { kind: 'reply', rttMs: 2, stamp: 'user' }],
    [0, { kind: 'duplicate', rttMs: 3 }],
  ]);
});

test('an ICMP error is a hint: the probe waits on, a reply counts, and without one that is the reason', () => {
  const { probes, outcomes } = inFlight();
  for (const at of [0, 1, 2]) probes.sent(at, 0);
  for (const seq of [0, 0, 1, 3]) probes.unreachable(seq, '192.0.2.254');
  probes.unreachable(2);
  probes.reply(1, 11);
  probes.expire(2000);
  probes.reply(0, 2500);
  probes.unreachable(0, '192.0.2.254');
  probes.expire(9000);
  assert.equal(outcomes(), [
    [1, { kind: 'reply', rttMs: 10, stamp: 'user' }],
    [0, { kind: 'lost', reason: 'unreachable', from: '192.0.2.254' }],
    [2, { kind: 'lost', reason: 'unreachable' }],
    [0, { kind: 'reply', rttMs: 2500, late: true, stamp: 'user' }],
  ]);
});

test('an unsent probe has a number and a lag, and nothing follows from it', () => {
  const { probes, samples } = inFlight();
  probes.unsent(10, 7.5, 'EPERM');
  probes.reply(0, 11);
  probes.expire(5000);
  assert.is(probes.next, 1);
  assert.equal(samples, [
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

test('a probe that turns out not to have left is neither overdue nor lost', () => {
  const { probes, outcomes } = inFlight();
  probes.sent(10, 0);
  probes.unsent(12, 0, 'EMFILE', 0);
  probes.expire(5000);
  probes.reply(0, 6000);
  assert.equal(outcomes(), [[0, { kind: 'unsent', reason: 'EMFILE' }]]);
});

test('lag of more than 5 ms is part of every sample of the probe', () => {
  const { probes, samples } = inFlight();
  probes.sent(105, 5);
  probes.sent(155.25, 5.25);
  probes.reply(0, 106);
  probes.reply(1, 156);
  probes.reply(1, 157);
  assert.equal(
    samples.map(({ lagMs }) => lagMs),
    [undefined, 5.25, 5.25],
  );
});

test('keeps a probe 10 s past its timeout, and ignores what was never sent or is older', () => {
  const { probes, samples } = inFlight();
  for (let seq = 0; seq < 500; seq++) probes.sent(seq * 100, 0);
  const newest = 499 * 100;
  probes.reply(500, newest);
  probes.unexpectedSource(500, newest, '::1');
  probes.reply(0, newest);
  probes.reply(499 - 111, newest);
  assert.equal(samples, []);
  probes.reply(499 - 110, newest);
  assert.equal(
    samples.map(({ seq, outcome }) => [seq, outcome.kind]),
    [
      [389, 'lost'],
      [389, 'reply'],
    ],
  );
});

test('no probe that waits is ever dropped, however fast probes follow each other', () => {
  const { probes, outcomes } = inFlight();
  for (let seq = 0; seq < 5000; seq++) probes.sent(seq / 1000, 0);
  probes.expire(2000);
  assert.is(outcomes().length, 5000);
  for (let seq = 5000; seq < 5100; seq++) probes.sent(60_000 + seq, 0);
  probes.expire(100_000);
  assert.is(outcomes().length, 5100, 'after a pause in which nothing expired as well');
});

test('a sender may count on its own: numbers left out are no probes, and may follow later', () => {
  const { probes, outcomes } = inFlight();
  probes.sent(0, 0, 1);
  probes.sent(30, 0, 4);
  probes.sent(31, 0, 4);
  probes.reply(2, 40);
  probes.sent(20, 0, 3);
  assert.is(probes.next, 5);
  probes.expire(1021);
  probes.expire(1030);
  assert.equal(outcomes(), [
    [1, { kind: 'lost', reason: 'timeout' }],
    [3, { kind: 'lost', reason: 'timeout' }],
    [4, { kind: 'lost', reason: 'timeout' }],
  ]);
});

test('the header’s 16 bits name the newest probe that ends in them', () => {
  const { probes } = inFlight();
  for (let seq = 0; seq < 65_540; seq++) probes.sent(seq, 0);
  assert.is(probes.fullSeq(3), 65_539);
  assert.is(probes.fullSeq(4), 4);
  assert.is(probes.fullSeq(65_535), 65_535);
});

test.run();
