import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InFlightProbes } from '../../probes/in-flight.js';
import type { Sample } from '../../src/core/sample.js';

const flight = suite('the book of probes in flight');

/** What a sample says, without what is the same in all of them. */
const said = (samples: Sample[]) =>
  samples.map(({ seq, at, knownAt, outcome }) => ({ seq, at, knownAt, ...outcome }));

const opened = () => new InFlightProbes('db', 'tcp', 1000);

flight('a reply in time carries target, probe, both moments, RTT and TTL', () => {
  const book = opened();
  book.sent(0, 100);
  assert.equal(book.answered(0, 100.9124, { ttl: 64 }), [
    {
      at: 100,
      knownAt: 100.912,
      target: 'db',
      probe: 'tcp',
      seq: 0,
      outcome: { kind: 'reply', rttMs: 0.912, ttl: 64 },
    },
  ]);
});

flight('an RTT that was measured better stands instead of the difference of the two moments', () => {
  const book = opened();
  book.sent(0, 100);
  assert.equal(said(book.answered(0, 103, { rttMs: 0.5, stamp: 'kernel-rx' })), [
    { seq: 0, at: 100, knownAt: 103, kind: 'reply', rttMs: 0.5, stamp: 'kernel-rx' },
  ]);
});

flight('overdue once at 50 ms, lost once at the timeout, then a late reply, then a duplicate', () => {
  const book = opened();
  book.sent(0, 0);
  book.answered(0, 1);
  book.sent(1, 50);
  assert.is(book.due(), 100, '3 × 1 ms lies under the floor of 50 ms');
  assert.equal(book.tick(99.9), []);
  assert.equal(said(book.tick(101)), [{ seq: 1, at: 50, knownAt: 101, kind: 'overdue', waitedMs: 51 }]);
  assert.equal(book.tick(200), []);
  assert.is(book.due(), 1050);
  assert.equal(said(book.tick(1050)), [{ seq: 1, at: 50, knownAt: 1050, kind: 'lost', reason: 'timeout' }]);
  assert.equal(book.tick(2000), []);
  assert.is(book.due(), Infinity);
  assert.equal(said(book.answered(1, 2500)), [
    { seq: 1, at: 50, knownAt: 2500, kind: 'reply', rttMs: 2450, late: true },
  ]);
  assert.equal(said(book.answered(1, 2600)), [
    { seq: 1, at: 50, knownAt: 2600, kind: 'duplicate', rttMs: 2550 },
  ]);
});

flight('a steady RTT of 40 ms is overdue at three times that', () => {
  const book = opened();
  book.sent(0, 0);
  book.answered(0, 40);
  book.sent(1, 100);
  assert.is(book.due(), 220);
});

flight('before the first reply nothing is overdue, only lost', () => {
  const book = opened();
  book.sent(0, 0);
  assert.equal(book.tick(999), []);
  assert.equal(said(book.tick(1000)), [{ seq: 0, at: 0, knownAt: 1000, kind: 'lost', reason: 'timeout' }]);
});

flight('a reply after the timeout that no tick has seen is first called lost', () => {
  const book = opened();
  book.sent(0, 0);
  assert.equal(said(book.answered(0, 1001)), [
    { seq: 0, at: 0, knownAt: 1001, kind: 'lost', reason: 'timeout' },
    { seq: 0, at: 0, knownAt: 1001, kind: 'reply', rttMs: 1001, late: true },
  ]);
});

flight('a probe is forgotten 10 s after its timeout', () => {
  const book = opened();
  book.sent(0, 0);
  book.sent(1, 1);
  book.tick(11_000);
  assert.equal(book.answered(0, 11_000), []);
  assert.is(book.answered(1, 11_000).length, 1);
});

flight('an answered probe does not keep older ones from falling due', () => {
  const book = opened();
  book.sent(0, 0);
  book.answered(0, 1);
  book.sent(1, 10);
  book.sent(2, 20);
  book.answered(2, 21);
  assert.equal(
    book.tick(61).map(({ seq, outcome }) => [seq, outcome.kind]),
    [[1, 'overdue']],
  );
});

flight('an ICMP error is a hint: the probe waits on, and if nothing comes, that is why', () => {
  const book = opened();
  book.sent(0, 0);
  book.sent(1, 0);
  for (const seq of [0, 1]) book.unreachable(seq, '10.0.0.1');
  assert.equal(
    book.answered(1, 20).map(({ outcome }) => outcome),
    [{ kind: 'reply', rttMs: 20 }],
  );
  assert.equal(
    book.tick(2000).map(({ seq, outcome }) => [seq, outcome]),
    [
      [0, { kind: 'overdue', waitedMs: 2000 }],
      [0, { kind: 'lost', reason: 'unreachable', from: '10.0.0.1' }],
    ],
  );
  book.unreachable(0, '10.0.0.1');
  assert.equal(book.tick(3000), []);
});

flight('a probe that never left is neither overdue nor lost', () => {
  const book = opened();
  assert.equal(said(book.unsent(0, 5, 'EMFILE')), [
    { seq: 0, at: 5, knownAt: 5, kind: 'unsent', reason: 'EMFILE' },
  ]);
  book.sent(1, 10);
  book.unsent(1, 10, 'EPERM');
  assert.equal(book.tick(5000), []);
  assert.equal(book.answered(0, 6000), []);
});

flight('a foreign reply leaves the probe waiting', () => {
  const book = opened();
  book.sent(0, 0);
  assert.equal(said(book.unexpectedSource(0, 2, '10.6.6.6')), [
    { seq: 0, at: 0, knownAt: 2, kind: 'foreign', from: '10.6.6.6' },
  ]);
  assert.equal(
    book.answered(0, 3).map(sample => sample.outcome.kind),
    ['reply'],
  );
});

flight('lag is told from more than 5 ms on, with every outcome of the probe', () => {
  const book = opened();
  book.sent(0, 105, 100);
  book.sent(1, 155.25, 150);
  assert.is(book.answered(0, 106)[0]!.lagMs, undefined);
  assert.is(book.answered(1, 156)[0]!.lagMs, 5.25);
  assert.is(book.answered(1, 157)[0]!.lagMs, 5.25);
});

flight('of a probe that it does not know, it says nothing', () => {
  const book = opened();
  assert.equal([...book.answered(7, 1), ...book.unexpectedSource(7, 1, '::1'), ...book.tick(1e6)], []);
});

flight.run();
