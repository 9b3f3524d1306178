import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GuestAccount } from '../../../src/core/guest/account.js';
import type { Finding } from '../../../src/core/guest/finding.js';

const test = suite('announced and seen');

const event = { id: 'e', what: 'Freeze of 5 s' };
const announced: Finding = { finding: 'announced', ...event };
const started: Finding = { finding: 'started', ...event };
const over: Finding = { finding: 'over', ...event };
const disrupted: Finding = { finding: 'disrupted' };

/** The verdicts on findings at these seconds; an alarm is marked. */
function judged(hears: boolean, ...findings: readonly [second: number, found: Finding][]): string[] {
  const account = new GuestAccount(hears);
  return findings.flatMap(([second, found]) => {
    const verdict = account.take(second * 1000, found);
    return verdict ? [`${verdict.verdict}${verdict.alarm ? '!' : ''}`] : [];
  });
}

test('what the hypervisor marks during an announcement is announced and seen, once', () => {
  assert.equal(judged(true, [0, announced], [55, started], [60, disrupted], [61, over]), [
    'announced-and-seen',
  ]);
});

test('an announcement that is over without a sign was not seen', () => {
  assert.equal(judged(true, [0, announced], [60, over]), ['announced-not-seen']);
});

test('a sign without an announcement is an alarm where the cloud announces, and none where nobody is asked', () => {
  assert.equal(judged(true, [60, disrupted]), ['unannounced!']);
  assert.equal(judged(false, [60, disrupted]), ['unannounced']);
});

test('a gap and a clock that was set count only during an announcement', () => {
  const gap: Finding = { finding: 'gap', gapMs: 280 };
  const set: Finding = { finding: 'clock-set', stepMs: 280 };
  assert.equal(judged(true, [1, gap], [2, set]), []);
  assert.equal(judged(true, [0, announced], [5, gap], [5.5, set], [9, over]), ['announced-and-seen']);
});

test('a sign shortly after the end belongs to the announcement', () => {
  assert.equal(judged(true, [0, announced], [5, disrupted], [6, over], [7, disrupted]), [
    'announced-and-seen',
  ]);
});

test('two marks of one disruption are one alarm, a later one another', () => {
  assert.equal(judged(true, [0, disrupted], [1, disrupted], [100, disrupted]), [
    'unannounced!',
    'unannounced!',
  ]);
});

test('a restored copy is an alarm by itself', () => {
  assert.equal(judged(false, [0, { finding: 'restored' }]), ['restored!']);
});

test.run();
