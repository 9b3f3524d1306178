import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { MigrationEvent } from '../../../src/core/event.js';
import type { Sample } from '../../../src/core/sample.js';
import { isSample } from '../../../src/recording/reader.js';
import { SessionEngine } from '../../../src/session/engine.js';
import { importPing, ping } from '../../../src/sources/import/ping.js';
import { Skipped } from '../../../src/sources/import/skipped.js';

const brief = ({ seq, at, knownAt, outcome }: Sample) =>
  [seq, Math.round(at), Math.round(knownAt), outcome.kind, ...('late' in outcome ? ['late'] : [])].join(' ');
const samplesIn = (lines: readonly string[]) =>
  importPing(lines.join('\n'), { target: 'vm' }).filter(isSample);
const read = (...lines: string[]) => samplesIn(lines).map(brief);
const reply = (stamp: number, seq: number, rtt: number, mark = '') =>
  `[${stamp.toFixed(6)}] 64 bytes from 10.0.0.7: icmp_seq=${seq} ttl=64 time=${rtt} ms${mark}`;
const silent = (stamp: number, seq: number) => `[${stamp.toFixed(6)}] no answer yet for icmp_seq=${seq}`;

const test = suite('ping logs');

test('a reply was sent at its stamp less its RTT', () => {
  const [sample] = samplesIn([reply(1795225031.3369, 1, 45.3)]);
  assert.equal(sample, {
    at: 1795225031291.6,
    knownAt: 1795225031336.9,
    target: 'vm',
    probe: 'ping',
    seq: 1,
    outcome: { kind: 'reply', rttMs: 45.3, ttl: 64 },
  });
});

test('an unanswered probe is overdue when ping says so, and lost a timeout after it was sent', () =>
  assert.equal(
    read(reply(100, 1, 1), silent(100.1, 2), silent(100.15, 3), reply(100.151, 4, 1), reply(102, 5, 1)),
    [
      '1 99999 100000 reply',
      '2 100049 100100 overdue',
      // ping wrote of 2 as it sent 3, so 3's time is known.
      '3 100100 100150 overdue',
      '4 100150 100151 reply',
      '2 100049 101049 lost',
      '3 100100 101100 lost',
      '5 101999 102000 reply',
    ],
  ));

test('an overdue reply may come all the same; after the timeout it is late', () =>
  assert.equal(
    read(
      reply(100, 1, 1),
      silent(100.1, 2),
      reply(100.35, 2, 300),
      silent(100.4, 3),
      reply(101.6, 4, 1),
      reply(101.7, 3, 1350),
    ),
    [
      '1 99999 100000 reply',
      '2 100049 100100 overdue',
      '2 100050 100350 reply',
      '3 100100 100400 overdue',
      '3 100100 101100 lost',
      '4 101599 101600 reply',
      '3 100350 101700 reply late',
    ],
  ));

test('where the round trip is above the interval, a probe is overdue at three times its usual length only', () => {
  const lines: string[] = [];
  for (let seq = 1; seq <= 40; seq++) {
    const sentAt = 100 + seq * 0.05;
    if (seq > 1) lines.push(silent(sentAt, seq - 1));
    if (seq !== 30) lines.push(reply(sentAt + 0.054, seq, 54));
  }
  lines.sort((a, b) => Number(a.slice(1, 11)) - Number(b.slice(1, 11)));
  lines.push(reply(104, 41, 54));
  const other = read(...lines).filter(each => !each.endsWith('reply'));
  assert.equal(other, ['30 101500 101662 overdue', '30 101500 102500 lost']);
});

test('migrations of a VM behind 54 ms, logged by ping -O every 50 ms, are an event each, at their time', () => {
  const lines: [at: number, text: string][] = [];
  const blackouts = [40, 60, 80].map(from => ({ from: 1000 + from, to: 1000 + from + 0.4 }));
  for (let seq = 1; seq <= 2000; seq++) {
    const sentAt = 1000 + seq * 0.05;
    lines.push([sentAt, silent(sentAt, (seq - 1) % 65536)]);
    if (blackouts.some(({ from, to }) => sentAt >= from && sentAt < to)) continue;
    const rtt = 54 + (seq % 7) / 10;
    lines.push([sentAt + rtt / 1000, reply(sentAt + rtt / 1000, seq, rtt)]);
  }
  lines.sort(([a], [b]) => a - b);
  const engine = new SessionEngine(defaultChoices(), 0);
  const events = new Map<string, MigrationEvent>();
  for (const sample of samplesIn(lines.map(([, text]) => text)))
    for (const event of engine.take(sample)?.events ?? []) events.set(event.id, event);
  const found = [...events.values()];
  assert.is(found.length, 3);
  for (const [index, { startedAt, detectedAt, endedAt }] of found.entries()) {
    const { from, to } = blackouts[index]!;
    assert.ok(Math.abs(startedAt / 1000 - from) < 0.2 && Math.abs(endedAt! / 1000 - to) < 0.2);
    assert.ok(detectedAt >= startedAt && detectedAt < startedAt + 1000);
  }
});

test('what a log without -O leaves out was lost, an interval apart', () =>
  assert.equal(read(reply(100, 1, 1), reply(100.15, 4, 1), reply(103, 5, 1)), [
    '1 99999 100000 reply',
    '4 100149 100150 reply',
    '2 100049 101049 lost',
    '3 100099 101099 lost',
    '5 102999 103000 reply',
  ]));

test('the sequence counts on where 16 bits wrap', () =>
  assert.equal(
    read(
      reply(100, 65534, 1),
      reply(100.05, 65535, 1),
      reply(100.1, 0, 1),
      silent(100.2, 1),
      reply(100.201, 2, 1),
    ),
    [
      '65534 99999 100000 reply',
      '65535 100049 100050 reply',
      '65536 100099 100100 reply',
      '65537 100149 100200 overdue',
      '65538 100200 100201 reply',
      '65537 100149 101149 lost',
    ],
  ));

test('duplicates, unexpected sources and errors are distinguished', () =>
  assert.equal(
    read(
      reply(100, 1, 1),
      reply(100.01, 1, 11, ' (DUP!)'),
      reply(100.02, 1, 21),
      reply(100.05, 2, 1, ' (DIFFERENT ADDRESS!)'),
      '[100.200000] From 10.0.0.1 icmp_seq=2 Destination Host Unreachable',
    ),
    [
      '1 99999 100000 reply',
      '1 99999 100010 duplicate',
      '1 99999 100020 duplicate',
      '2 100049 100050 foreign',
      '2 100049 100200 lost',
    ],
  ));

test('lines that tell nothing, or not when, are passed over', () =>
  assert.equal(
    read(
      'PING x (10.0.0.7) 56(84) bytes of data.',
      '',
      'garbage \u001b[2J',
      '64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms',
    ),
    [],
  ));

test('a forged log of a few lines does not become millions of lost probes', () => {
  const skipped = new Skipped();
  const log = ping.open({ target: 'vm', timeoutMs: 1000, skipped }, 'forged.log');
  const lines = Array.from({ length: 100 }, (_, index) =>
    reply(1795225031 + index, (index * 32_000) % 65_536, 1),
  );
  let samples = 0;
  for (const [index, line] of lines.entries()) samples += log.read(line, index + 1).length;
  assert.ok(samples < 250_000, `${samples} samples`);
  assert.match(skipped.summaries().join(), /\d\d lines skipped: a number far from the one before/);
});

test('outcomes come in the order in which they were known, even of a forged log', () => {
  const lines: string[] = [];
  for (let line = 0; line < 40; line++)
    lines.push(reply(100 + (line % 7), (line * 30_011) % 65_536, (line * 997) % 5000));
  const samples = samplesIn(lines);
  assert.ok(samples.length > 40);
  assert.ok(samples.every(({ at, knownAt }) => Number.isFinite(at) && Number.isFinite(knownAt)));
});

test.run();
