import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sample } from '../../../src/core/sample.js';
import { isSample } from '../../../src/recording/reader.js';
import { fping } from '../../../src/sources/import/fping.js';
import { Skipped } from '../../../src/sources/import/skipped.js';

const test = suite('fping logs');

function read(...lines: string[]) {
  const skipped = new Skipped();
  const reader = fping.open({ target: '', timeoutMs: 1000, skipped }, '-');
  const entries = lines.flatMap((line, index) => reader.read(line, index + 1));
  return { samples: [...entries, ...reader.end()].filter(isSample), entries, told: skipped.summaries() };
}

const brief = ({ target, seq, at, knownAt, outcome }: Sample) =>
  `${target} ${seq} ${at.toFixed(3)} ${knownAt.toFixed(3)} ${outcome.kind}`;

test('lines of fping 5.1: a reply was sent its RTT before its stamp', () => {
  const { samples, told } = read(
    '[1795229554.46908] 127.0.0.1    : [0], 64 bytes, 0.019 ms (0.019 avg, 0% loss)',
    'ICMP Port Unreachable from 21.4.50.103 for ICMP Echo sent to 10.255.255.1',
    '',
    '10.255.255.1 : xmt/rcv/%loss = 3/0/100%',
    '127.0.0.1    : xmt/rcv/%loss = 3/3/0%, min/avg/max = 0.019/0.022/0.024',
  );
  assert.equal(samples, [
    {
      at: 1795229554469.061,
      knownAt: 1795229554469.08,
      target: '127.0.0.1',
      probe: 'fping',
      seq: 0,
      outcome: { kind: 'reply', rttMs: 0.019 },
    },
  ]);
  assert.equal(told, []);
});

test('a lost probe was sent where the interval puts it, and that shows the timeout for those that follow', () => {
  const { samples } = read(
    '[100.00100] a : [0], 64 bytes, 1.00 ms (1.00 avg, 0% loss)',
    '[100.20100] b : [0], 64 bytes, 1.00 ms (1.00 avg, 0% loss)',
    '[100.50100] a : [1], 64 bytes, 1.00 ms (1.00 avg, 0% loss)',
    '[101.40000] a : [2], timed out (1.00 avg, 33% loss)',
    '[101.90000] a : [3], timed out (1.00 avg, 50% loss)',
    '[102.00300] a : [4], 64 bytes, 3.00 ms (1.60 avg, 40% loss)',
  );
  assert.equal(samples.map(brief), [
    'a 0 100000.000 100001.000 reply',
    'b 0 100200.000 100201.000 reply',
    'a 1 100500.000 100501.000 reply',
    'a 2 101000.000 101400.000 lost',
    'a 3 101500.000 101900.000 lost',
    'a 4 102000.000 102003.000 reply',
  ]);
});

test('a reply after "timed out" is late; duplicates, unexpected sources and the TTL are read', () => {
  const { samples } = read(
    '[100.00100] a : [0], 64 bytes, 1.00 ms (TTL 63) (1.00 avg, 0% loss)',
    '[100.50000] a : [1], timed out (1.00 avg, 50% loss)',
    '[100.60000] a : [1], 64 bytes, 300 ms (1.00 avg, 0% loss)',
    '[100.60100] a : duplicate for [1], 64 bytes, 301 ms',
    '[100.70000] a : [2], 64 bytes, 2.00 ms (1.00 avg, 0% loss) [<- 10.0.0.9]',
  );
  assert.equal(
    samples.map(({ outcome }) => outcome),
    [
      { kind: 'reply', rttMs: 1, ttl: 63 },
      { kind: 'lost', reason: 'timeout' },
      { kind: 'reply', rttMs: 300, late: true },
      { kind: 'duplicate', rttMs: 301 },
      { kind: 'foreign', from: '10.0.0.9' },
    ],
  );
});

test('skipped lines are reported with their reason', () =>
  assert.equal(read('a : [0], 64 bytes, 1.00 ms (1.00 avg, 0% loss)', 'nonsense', 'nonsense').told, [
    '1 line skipped: without a time stamp: log with fping -D, or give --start and --interval (first at line 1)',
    '2 lines skipped: not understood (first at line 2)',
  ]));

test.run();
