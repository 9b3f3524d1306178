import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePingLine } from '../../../probes/ping/ping-line.js';
import { isSample } from '../../../src/recording/reader.js';
import { openLogs } from '../../../src/sources/import/open-logs.js';
import { scratch } from '../../recording/session.js';
import { needing } from '../../support/needs.js';

const folder = scratch();
let files = 0;
const TIMETABLE = { startMs: 1_000_000, intervalMs: 200 };

function read(lines: readonly string[], timetable: typeof TIMETABLE | null = TIMETABLE) {
  const path = join(folder, `dialect-${++files}.log`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { entries, logs } = openLogs([path], { timeoutMs: 1000, ...(timetable && { timetable }) });
  const all = [...entries].filter(isSample);
  return { all, told: logs.flatMap(({ skipped }) => skipped.summaries()) };
}

const test = suite('dialects of ping');

test('replies in the languages of iputils', () => {
  const reply = {
    ...{ kind: 'reply', stampMs: 100_000, from: '10.0.0.7' },
    ...{ seq: 3, ttl: 64, rttMs: 0.028 },
  };
  for (const text of [
    '64 bytes from 10.0.0.7: icmp_seq=3 ttl=64 time=0.028 ms',
    '64 Bytes von 10.0.0.7: icmp_seq=3 ttl=64 Zeit=0.028 ms',
    '64 octets de vm.example (10.0.0.7) : icmp_seq=3 ttl=64 temps=0,028 ms',
    '64 bytes de 10.0.0.7: icmp_seq=3 ttl=64 tiempo=0.028 ms',
    '64 bajtów z 10.0.0.7: icmp_seq=3 ttl=64 czas=0.028 ms',
    '64 バイト応答 送信元 10.0.0.7: icmp_seq=3 ttl=64 時間=0.028ミリ秒',
    '64 байт от 10.0.0.7: icmp_seq=3 ttl=64 время=0.028 мс',
  ])
    assert.equal(parsePingLine(`[100.000000] ${text}`), reply, text);
  assert.equal(parsePingLine('[100.000000] keine Antwort bis jetzt für icmp_seq=9'), {
    ...{ kind: 'no-answer', stampMs: 100_000, seq: 9 },
  });
});

test('what is no reply is none: redirects, statistics, other programs', () => {
  for (const text of [
    'From 10.0.0.1: icmp_seq=2 Redirect Host(New nexthop: 10.0.0.9)',
    '5 packets transmitted, 5 received, 0% packet loss, time 800ms',
    'rtt min/avg/max/mdev = 0.019/0.028/0.041/0.008 ms',
    '10.0.0.7 : [0], 64 bytes, 0.019 ms (0.019 avg, 0% loss)',
  ])
    assert.is(parsePingLine(text), undefined, text);
});

test('macOS: numbers from 0, no stamps; a request timeout is a probe without answer', () => {
  const { all, told } = read([
    'PING vm (10.0.0.7): 56 data bytes',
    '64 bytes from 10.0.0.7: icmp_seq=0 ttl=64 time=1.000 ms',
    '64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=2.000 ms',
    'Request timeout for icmp_seq 2',
    ...[3, 4, 5, 6, 7, 8].map(seq => `64 bytes from 10.0.0.7: icmp_seq=${seq} ttl=64 time=1.000 ms`),
    '',
    '--- vm ping statistics ---',
    '9 packets transmitted, 8 packets received, 11.1% packet loss',
    'round-trip min/avg/max/stddev = 1.000/1.125/2.000/0.331 ms',
  ]);
  assert.equal(
    all
      .filter(({ outcome }) => outcome.kind !== 'overdue')
      .map(({ seq, at, outcome }) => [seq, at, outcome.kind]),
    [
      [0, 1_000_000, 'reply'],
      [1, 1_000_200, 'reply'],
      ...[3, 4, 5, 6].map(seq => [seq, 1_000_000 + 200 * seq, 'reply']),
      [2, 1_000_400, 'lost'],
      ...[7, 8].map(seq => [seq, 1_000_000 + 200 * seq, 'reply']),
    ],
  );
  assert.equal(told, []);
});

test('without --start, lines without stamps are counted and the import says what to do', () =>
  assert.equal(
    read(
      [
        '[100.001000] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms',
        '64 bytes from 10.0.0.7: seq=2 ttl=64 time=1 ms',
      ],
      null,
    ).told,
    [
      '1 line skipped: without a time stamp: log with ping -D, or give --start and --interval (first at line 2)',
    ],
  ));

needing(test, { root: true, commands: ['busybox'] })('the log of the real busybox', () => {
  const { stdout } = spawnSync('busybox', ['ping', '-c', '3', '-i', '0.2', '127.0.0.1'], {
    encoding: 'utf8',
  });
  const { all, told } = read(stdout.trimEnd().split('\n'));
  assert.equal(
    all.map(({ target, seq, at, outcome }) => [target, seq, Math.round(at), outcome.kind]),
    [0, 1, 2].map(seq => ['127.0.0.1', seq, 1_000_000 + 200 * seq, 'reply']),
  );
  assert.equal(told, []);
});

test.run();
