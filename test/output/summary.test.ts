import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TargetSummary } from '../../src/core/statistics/target-tally.js';
import { summaryText } from '../../src/output/summary.js';
import { migrationOf, START, SyntheticSession } from '../support/synthetic.js';

const test = suite('the end of a session');

const rttMs = { min: 0.1, median: 0.2, p95: 0.3, p99: 0.4, max: 12 };
const summary = (target: string, lost = 0): TargetSummary => {
  return { target, sent: 100, received: 100 - lost, lost, late: 0, rttMs, events: {} };
};
const unclear = { ...migrationOf('10.0.0.2'), kind: 'unclear' as const };

test('the events come first, with time, kind and blackout; then one row a target', () => {
  const { info } = new SyntheticSession(['web', 'db']);
  const never = { ...summary('10.0.0.1'), sent: 0, received: 0, rttMs: null };
  const text = summaryText(info, [never, summary('10.0.0.2', 7)], { events: [unclear], zone: 'utc' });
  assert.is(
    text,
    `time          target  event       blackout
10:00:40 UTC  db      migration?    350 ms

target  sent  lost  loss  median     p99      max
web        0     0     -       -       -        -
db       100     7   7 %  200 µs  400 µs  12.0 ms
`,
  );
});

test('of more than 30 targets only the troubled ones are listed, in 80 columns', () => {
  const names = Array.from({ length: 40 }, (_, index) => `a-name-of-many-characters-indeed-${index}`);
  const { info } = new SyntheticSession(names);
  const summaries = info.targets.map(({ target }, index) => summary(target, index === 7 ? 3 : 0));
  const events = Array.from({ length: 50 }, (_, index) => ({
    ...{ ...unclear, id: `e${index}` },
    startedAt: START + index * 1000,
  }));
  const lines = summaryText(info, summaries, { events }).split('\n');
  assert.is(lines.filter(line => /100 +3 +3 %/.test(line)).length, 1);
  assert.ok(lines.includes('39 targets without loss and event'));
  assert.ok(lines.includes('and 20 earlier events'));
  assert.ok(lines.every(line => line.length <= 80));
});

test.run();
