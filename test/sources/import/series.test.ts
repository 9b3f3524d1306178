import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSample } from '../../../src/recording/reader.js';
import { openLogs } from '../../../src/sources/import/open-logs.js';
import { readColumns, readTime } from '../../../src/sources/import/series-fields.js';
import { scratch } from '../../recording/session.js';

const folder = scratch();
let files = 0;

function read(lines: readonly string[], columns?: string, end = '\n') {
  const path = join(folder, `probe-${++files}.csv`);
  writeFileSync(path, lines.join(end) + end);
  const given = columns === undefined ? {} : { columns: readColumns(columns) };
  const { entries, logs } = openLogs([path], { timeoutMs: 1000, ...given });
  const all = [...entries].filter(isSample);
  return { all, told: logs.flatMap(({ skipped }) => skipped.summaries()) };
}

/** When each probe was sent, and its round trip in ms, or `lost`. */
const brief = (...given: Parameters<typeof read>) =>
  read(...given).all.map(({ at, outcome }) => [
    new Date(at).toISOString(),
    outcome.kind === 'reply' ? outcome.rttMs : outcome.kind,
  ]);

const test = suite('series of round trips');

test('times, round trips and losses, day first, with further columns that are ignored', () => {
  const { all, told } = read([
    'epoch;rtt;cp',
    '14/10/2016 21:17;178.924995;0',
    '14/10/2016 21:21;-1;0',
    '14/10/2016 21:25;NaN;1',
    '14/10/2016 21:29;1000;0',
    '14/10/2016 21:33;;0',
    '14/10/2016 21:37;0.5;1',
  ]);
  const start = Date.UTC(2016, 9, 14, 21, 17);
  const base = (seq: number) => ({
    ...{ at: start + seq * 240_000, target: `probe-${files}`, probe: 'series', seq },
  });
  const lost = (seq: number) => ({
    ...base(seq),
    ...{ knownAt: base(seq).at + 1000, outcome: { kind: 'lost', reason: 'timeout' } },
  });
  assert.equal(all, [
    { ...base(0), knownAt: start + 178.925, outcome: { kind: 'reply', rttMs: 178.925 } },
    ...[1, 2, 3, 4].map(lost),
    { ...base(5), knownAt: base(5).at + 0.5, outcome: { kind: 'reply', rttMs: 0.5 } },
  ]);
  assert.equal(told, []);
});

test('decimal commas and lines of Windows', () => {
  const lines = ['epoch;rtt;cp', '2016-10-13 01:48:56;82,68108073;0', '2016-10-13 01:52:56;82,7;1'];
  assert.equal(brief(lines, undefined, '\r\n'), [
    ['2016-10-13T01:48:56.000Z', 82.681],
    ['2016-10-13T01:52:56.000Z', 82.7],
  ]);
});

test('columns in any order by the names that are usual, with commas and quotes', () =>
  assert.equal(brief(['host,RTT_ms,"Timestamp"', 'a, 12.5 ,"1479167700.5"', 'a,13,1479167760']), [
    ['2016-11-14T23:55:00.500Z', 12.5],
    ['2016-11-14T23:56:00.000Z', 13],
  ]));

test('without a line of names, the first two columns', () =>
  assert.equal(brief(['1479167700123\t12.5', '1479167760123\t13', '1479167820123\tU']), [
    ['2016-11-14T23:55:00.123Z', 12.5],
    ['2016-11-14T23:56:00.123Z', 13],
    ['2016-11-14T23:57:00.123Z', 'lost'],
  ]));

test('--columns names them, or counts them from 1', () => {
  const lines = ['when;who;smoke;loss', '1479167700;a;12.5;0', '1479167760;a;13;0'];
  const expected = [
    ['2016-11-14T23:55:00.000Z', 12.5],
    ['2016-11-14T23:56:00.000Z', 13],
  ];
  assert.equal(brief(lines, 'When,smoke'), expected);
  assert.equal(brief(lines, '1,3'), expected);
  assert.equal(brief(lines.slice(1), '1,3'), expected);
  assert.throws(
    () => read(lines, 'when,rtt'),
    /probe-\d+\.csv: line 1: no columns "when" and "rtt", which --columns names; those of this line are: when, who, smoke, loss/,
  );
  for (const wrong of ['', 'a', 'a,a', 'a,b,c', ',b'])
    assert.throws(() => readColumns(wrong), /--columns must be TIME,RTT, two names or numbers/);
});

test('all forms of a time, and nothing else', () => {
  const moment = Date.UTC(2026, 10, 21, 12, 3, 11);
  for (const text of [
    ...['2026-11-21T12:03:11Z', '2026-11-21 12:03:11', '2026-11-21 12:03:11 UTC', '21/11/2026 12:03:11'],
    ...['2026-11-21T13:03:11+01:00', '2026-11-21T07:33:11.000-0430', '21.11.2026 12:03:11'],
    ...['1795262591', '1795262591000', '1795262591.000', '1795262591,0'],
  ])
    assert.is(readTime(text), moment, text);
  assert.is(readTime('2026-11-21'), Date.UTC(2026, 10, 21));
  assert.is(readTime('2026-11-21 12:03:11,250'), moment + 250);
  for (const text of ['', 'soon', '2026-02-30 12:00:00', '11/21/2026 12:00', '2026-11-21 24:01', '1e', '٣'])
    assert.is(readTime(text), undefined, text);
});

test('a line without a time is passed over and counted; a clock that is set back keeps the order', () => {
  const { all, told } = read(['time;rtt', '1479167760;12', 'soon;13', '1479167700;14', '-5;15', '', 'x']);
  assert.equal(
    all.map(({ at, seq }) => [at, seq]),
    [
      [1479167760000, 0],
      [1479167760000, 1],
    ],
  );
  assert.equal(told, [
    '2 lines skipped: without a time that can be read (first at line 3)',
    '1 line skipped: a time stamp before 1970 or after 2255 (first at line 5)',
  ]);
});

test('what only looks like a series is none', () => {
  for (const lines of [['1;2', '2;3'], ['a,b,c'], ['time;loss', '1479167700;0 %']])
    assert.throws(
      () => read(lines),
      /none of the first \d+ lines is from a log that can be imported\. Accepted: .*CSV/,
    );
});

test.run();
