import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pack, unpack } from '../../../probes/thread/codec.js';
import type { Outcome, Sample } from '../../../src/core/sample.js';

const test = suite('packed samples');

const OUTCOMES: Outcome[] = [
  { kind: 'reply', rttMs: 0.123, ttl: 64, stamp: 'kernel' },
  { kind: 'reply', rttMs: 0, stamp: 'kernel-rx' },
  { kind: 'reply', rttMs: 1300.001, ttl: 1, late: true, stamp: 'user' },
  { kind: 'reply', rttMs: 5 },
  { kind: 'overdue', waitedMs: 50.123 },
  { kind: 'lost', reason: 'timeout' },
  { kind: 'lost', reason: 'unreachable', from: 'fe80::1' },
  { kind: 'lost', reason: 'unreachable' },
  { kind: 'unsent', reason: 'ENETUNREACH' },
  { kind: 'duplicate', rttMs: 2.5 },
  { kind: 'foreign', from: '192.0.2.1' },
  { kind: 'clock', offsetMs: -43_199_999.999, rttMs: 0.25, via: 'icmp' },
  { kind: 'clock', offsetMs: 4_294_967_296.5, rttMs: 12, via: 'tcp' },
  { kind: 'clock', offsetMs: -280.5, rttMs: 0.5, via: 'ntp', errorMs: 0.25 },
  { kind: 'clock', offsetMs: 3, rttMs: 4, via: 'http', errorMs: 2 },
  { kind: 'announce', via: 'rarp', mac: '52:54:00:12:34:51', gratuitous: true },
  { kind: 'announce', via: 'advertisement', mac: '52:54:00:12:34:51', gratuitous: false },
];

test('samples come out as they went in', () => {
  const ids = ['one', 'two'];
  const samples = OUTCOMES.map(
    (outcome, index): Sample => ({
      at: 1795227021455.032 + index,
      knownAt: 1795227022455.033 + index,
      target: ids[index % 2]!,
      probe: ['icmp', 'clock', 'announce'][index % 3]!,
      seq: 4_294_967_295 - index,
      outcome,
      ...(index % 3 === 0 ? { lagMs: 5.125 } : {}),
    }),
  );
  const batch = structuredClone(pack(samples, new Map(ids.map((id, index) => [id, index]))));
  assert.equal(unpack(batch, ids), samples);
});

test.run();
