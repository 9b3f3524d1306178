import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSample } from '../../../src/recording/reader.js';
import { hintFor } from '../../../src/sources/import/hints.js';
import { importRecording, reportOf } from '../../../src/sources/import/import-recording.js';
import type { LogEntry } from '../../../src/sources/import/log.js';
import { openLogs } from '../../../src/sources/import/open-logs.js';
import { readAll, scratch } from '../../recording/session.js';

const folder = scratch();
let files = 0;
const log = (...lines: string[]) => {
  const path = join(folder, `log-${++files}.txt`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};
const header = (host: string, address = host) => `PING ${host} (${address}) 56(84) bytes of data.`;
const reply = (stamp: number, seq: number, from = '10.0.0.7', rtt = 1) =>
  `[${stamp.toFixed(6)}] 64 bytes from ${from}: icmp_seq=${seq} ttl=64 time=${rtt} ms`;
/** A run of ping at 20 Hz, of some probes. */
const run = (start: number, numbers: readonly number[], from?: string) =>
  numbers.map(seq => reply(start + (seq - numbers[0]!) * 0.05, seq, from));

const brief = (entry: LogEntry) =>
  isSample(entry)
    ? `${entry.target} ${entry.seq} ${Math.round(entry.knownAt)} ${entry.outcome.kind}`
    : `gap of ${entry.data.target} ${Math.round(entry.data.at)}–${Math.round(entry.data.until)}: ${entry.data.reason}`;

function read(...lines: string[]) {
  const { entries, logs } = openLogs([log(...lines)], { timeoutMs: 1000 });
  return { entries: [...entries].map(brief), told: logs.flatMap(({ skipped }) => skipped.summaries()) };
}

const test = suite('logs of several runs');

test('a second run of ping is a new stream with a gap between, not duplicates of the first', () => {
  const { entries, told } = read(
    header('10.0.0.7'),
    ...run(100, [1, 2, 3]),
    '',
    '--- 10.0.0.7 ping statistics ---',
    '3 packets transmitted, 3 received, 0% packet loss, time 100ms',
    'rtt min/avg/max/mdev = 1.000/1.000/1.000/0.000 ms',
    header('10.0.0.7'),
    ...run(500, [1, 2]),
  );
  assert.equal(entries, [
    ...['10.0.0.7 1 100000 reply', '10.0.0.7 2 100050 reply', '10.0.0.7 3 100100 reply'],
    'gap of 10.0.0.7 100100–499999: a new run of ping',
    ...['10.0.0.7 4 500000 reply', '10.0.0.7 5 500050 reply'],
  ]);
  assert.equal(told, ['1 new stream after a gap: a new run of ping (first at line 10)']);
});

test('a sequence that starts again without a heading is a new stream too', () =>
  assert.equal(read(...run(100, [7, 8, 9, 10]), ...run(102, [1, 2])).entries.slice(4), [
    'gap of 10.0.0.7 100150–101999: the numbers of the probes start again',
    ...['10.0.0.7 11 102000 reply', '10.0.0.7 12 102050 reply'],
  ]));

test('another host in the same log is another target', () =>
  assert.equal(
    read(
      header('a', '10.0.0.7'),
      ...run(100, [1, 2]),
      header('b', '10.0.0.8'),
      ...run(200, [1, 2], '10.0.0.8'),
    ).entries,
    [
      ...['a 1 100000 reply', 'a 2 100050 reply'],
      'gap of a 100050–199999: a new run of ping',
      ...['b 1 200000 reply', 'b 2 200050 reply'],
    ],
  ));

test('probes that the first run left unanswered are lost before the second one begins', () =>
  assert.equal(
    read(
      header('10.0.0.7'),
      ...run(100, [1, 2, 3]),
      '[100.200000] no answer yet for icmp_seq=4',
      header('10.0.0.7'),
      ...run(100.5, [1]),
    ).entries.slice(3),
    [
      '10.0.0.7 4 100200 overdue',
      '10.0.0.7 4 100499 lost',
      'gap of 10.0.0.7 100200–100499: a new run of ping',
      '10.0.0.7 5 100500 reply',
    ],
  ));

test('a clock that was set back keeps the distances between probes, and the import says so', () => {
  const { entries, told } = read(...run(5000, [1, 2, 3]), reply(1400, 4), reply(1400.05, 5));
  assert.equal(entries.slice(2), [
    '10.0.0.7 3 5000100 reply',
    'gap of 10.0.0.7 5000100–5000100: the clock goes back by 3600.1 s; the times from here on are moved forward',
    ...['10.0.0.7 4 5000100 reply', '10.0.0.7 5 5000150 reply'],
  ]);
  assert.match(told[0]!, /^1 new stream after a gap: the clock goes back by 3600\.1 s.*line 4/);
});

test('where the clock jumps ahead and the numbers go on, nothing was probed and nothing is lost', () =>
  assert.equal(read(...run(100, [1, 2, 3]), ...run(9000, [4, 5])).entries.slice(3), [
    'gap of 10.0.0.7 100100–8999999: nothing was probed',
    ...['10.0.0.7 4 9000000 reply', '10.0.0.7 5 9000050 reply'],
  ]));

test('a probe a minute is a slow run, not one gap after another', () => {
  const { entries } = read(...[1, 2, 3, 4, 7].map(seq => reply(100 + 60 * seq, seq)));
  assert.equal(
    entries.map(each => each.split(' ').at(-1)),
    ['reply', 'reply', 'reply', 'reply', 'lost', 'lost', 'reply'],
  );
});

test('ten minutes of silence with numbers that go on with the clock are ten minutes of losses', () => {
  const { entries } = read(...run(100, [1, 2, 3]), reply(700.1, 12_003));
  assert.is(entries.filter(each => each.endsWith('lost')).length, 11_999);
});

test('a second run of fping starts every host again, each after its own gap', () => {
  const answer = (stamp: number, host: string, seq: number) =>
    `[${stamp.toFixed(5)}] ${host} : [${seq}], 64 bytes, 1.00 ms (1.00 avg, 0% loss)`;
  const fping = (start: number) =>
    [0, 1, 2].flatMap(seq => [answer(start + seq, 'a', seq), answer(start + seq + 0.1, 'b', seq)]);
  assert.equal(read(...fping(100), ...fping(200)).entries.slice(6), [
    'gap of a 102100–200000: the numbers of the probes start again',
    'gap of b 102100–200000: the numbers of the probes start again',
    ...['a 3 200000 reply', 'b 3 200100 reply', 'a 4 201000 reply'],
    ...['b 4 201100 reply', 'a 5 202000 reply', 'b 5 202100 reply'],
  ]);
});

test('the recording holds every sample of both runs, and the gap', () => {
  const opened = openLogs([log(header('vm'), ...run(100, [1, 2, 3]), header('vm'), ...run(500, [1, 2]))], {
    timeoutMs: 1000,
  });
  const { path, samples } = importRecording(opened, () => join(folder, 'both.jsonl'), {
    ...{ timeoutMs: 1000, force: true, number: false },
  });
  assert.is(samples, 5);
  const all = readAll(path);
  assert.equal(
    all.samples.map(({ seq, outcome }) => [seq, outcome.kind]),
    [1, 2, 3, 4, 5].map(seq => [seq, 'reply']),
  );
  assert.equal(all.ending, { kind: 'complete' });
});

test('a second run whose clock is behind the first one is said to be moved forward', () => {
  const path = join(scratch(), 'two.log');
  const run = (at: number) => [
    'PING 10.0.0.7 (10.0.0.7) 56(84) bytes of data.',
    `[${at}.000000] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms`,
    `[${at + 1}.000000] 64 bytes from 10.0.0.7: icmp_seq=2 ttl=64 time=1 ms`,
  ];
  writeFileSync(path, [...run(1795220900), ...run(1795220670)].join('\n'));
  const { logs, entries } = openLogs([path], { timeoutMs: 1000 });
  assert.is([...entries].length, 5);
  assert.match(
    reportOf(logs[0]!).join(),
    /a new run of ping, and the clock goes back by 231\.0 s; the times from here on are moved forward/,
  );
});

test('of replies without stamps, it is not said that ping was quiet', () => {
  assert.match(
    hintFor(['PING a (10.0.0.7) 56(84) bytes of data.', '64 bytes from a: icmp_seq=1 ttl=64 time=1 ms'])!,
    /no time stamps.*--start and --interval/,
  );
});

test.run();
