import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkLimit, parseLimit } from '../../src/evaluation/fail-if.js';
import { GROUPINGS, groupsBy, type MigrationRow, quantileOf } from '../../src/evaluation/migrations.js';
import { migrationsText } from '../../src/evaluation/migrations-text.js';
import { junitXml } from '../../src/output/junit.js';

const test = suite('table of migrations');

const row = (unreachable: number, transport: MigrationRow['transport'] = 'clear'): MigrationRow => ({
  ...{
    recording: 'a.jsonl',
    target: 'web',
    at: Date.UTC(2026, 10, 21),
    reported: 'yes',
    seen: true,
    transport,
  },
  figures: { downtime: 38, freeze: 43.7, unreachable, total: 4100, data: 312e6, iterations: 5 },
});

test('each migration, and the median and the 95th percentile of all', () => {
  const text = migrationsText([row(200), row(100), { ...row(300), seen: false }], []);
  assert.match(text, /38 ms +43\.7 ms +200 ms +4\.1 s +312 MB +5 +clear +reported/);
  assert.match(text, /median of 3 +all +38 ms +43\.7 ms +200 ms/);
  assert.match(text, /p95 +all +38 ms +43\.7 ms +300 ms/);
  assert.match(text, 'reported, not seen');
});

test('two groups are compared by rank', () => {
  const rows = [10, 20, 30, 40].map(ms => row(ms)).concat([50, 60, 70, 80].map(ms => row(ms, 'tls')));
  const text = migrationsText(rows, groupsBy(rows, GROUPINGS.transport!));
  assert.match(text, /median of 4 +tls/);
  assert.match(text, /unreachable +0 +0\.0286 +-1\.00 large/);
  assert.match(text, /downtime +8 +1\.0000 +\+0\.00 negligible/);
});

test('quantiles are values that occur', () => {
  assert.is(quantileOf([3, 1, 2], 0.5), 2);
  assert.is(quantileOf([3, 1, 2], 0.95), 3);
  assert.is(quantileOf([], 0.5), undefined);
});

test('a limit is read, compared, and wrong ones say what was expected', () => {
  const limit = parseLimit('unreachable p95 > 300ms');
  assert.equal([limit.figure, limit.statistic, limit.above], ['unreachable', 'p95', 300]);
  assert.is(parseLimit('data max>2.5GB').above, 2.5e9);
  assert.is(checkLimit(limit, [row(300)]).failed, false);
  assert.is(checkLimit(limit, [row(301)]).failed, true);
  assert.is(checkLimit(limit, []).failed, true, 'nothing was measured');
  for (const [text, why] of [
    ['unreachable > 3', /write FIGURE STATISTIC > VALUE/],
    ['stun p95 > 3ms', /figure in --fail-if/],
    ['freeze p42 > 3ms', /statistic in --fail-if/],
    ['data max > lots', /a number such as/],
  ] as const)
    assert.throws(() => parseLimit(text), why, text);
});

test('JUnit XML has a case for each limit, escaped', () => {
  const results = ['unreachable p95 > 300ms', 'freeze max > 1s'].map(text =>
    checkLimit(parseLimit(text), [row(2300)]),
  );
  const xml = junitXml(results, [row(2300)]);
  assert.match(xml, '<testsuite name="migwatch" tests="2" failures="1">');
  assert.match(
    xml,
    'name="unreachable p95 &gt; 300ms"><failure message="unreachable p95 is 2.3 s, of 1 migrations"/>',
  );
  assert.match(xml, 'name="freeze max &gt; 1s"/>');
});

test.run();
