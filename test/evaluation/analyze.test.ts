import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../src/core/event.js';
import { Jitter } from '../../src/core/statistics/jitter.js';
import { analyse } from '../../src/evaluation/analysis.js';
import { analysisText } from '../../src/evaluation/analysis-text.js';
import { threeLostInARow } from '../../src/evaluation/baselines.js';
import { lineUp } from '../../src/evaluation/compare.js';
import { defaultSet, namedSets } from '../../src/evaluation/detector-sets.js';
import { NearLosses } from '../../src/evaluation/near-losses.js';
import { BASELINE, scoreAll } from '../../src/evaluation/scoring.js';
import { blackoutOf, isRight, spanOf } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { scratch } from '../recording/session.js';
import { scenario } from '../support/scenario.js';

const shipped = (name: string) => `recordings/${name}.jsonl`;
const truthOf = (name: string) => readTruth(`recordings/${name}.truth.json`);

const test = suite('analyze');

test('jitter is the mean absolute difference of successive answers, by hand', () => {
  const jitter = new Jitter();
  const rtts = [1, 3, 2, undefined, 9, 8];
  for (const [seq, rttMs] of rtts.entries())
    jitter.take({
      ...{ at: seq, knownAt: seq, target: 'vm', probe: 'icmp', seq },
      outcome: rttMs === undefined ? { kind: 'lost', reason: 'timeout' } : { kind: 'reply', rttMs },
    });
  assert.is(jitter.value, (2 + 1 + 1) / 3);
});

test('three lost in a row finds the same among the echoes near losses as among all', () => {
  const lone = `${'.'.repeat(300)}x`;
  const samples = scenario(`${lone}${lone}${lone}xxx${'.'.repeat(500)}xx.xxxx...${'.'.repeat(300)}`);
  const near = new NearLosses(3000);
  for (const sample of samples) near.take(sample);
  assert.equal(threeLostInARow(near.samples), threeLostInARow(samples));
  assert.is(threeLostInARow(samples).length, 2);
  assert.ok(near.samples.length < samples.length / 2);
});

test('events of one disturbance stand in one row', () => {
  const event = (id: string, target: string, startedAt: number, endedAt: number) =>
    ({ id, target, startedAt, endedAt }) as MigrationEvent;
  const columns = [
    [event('a', 'vm', 0, 500), event('b', 'vm', 60_000, 60_100)],
    [event('c', 'vm', 400, 900), event('d', 'db', 400, 900)],
  ];
  assert.equal(
    lineUp(columns).map(({ target, startedAt, seen }) => [target, startedAt, ...seen.map(each => each?.id)]),
    [
      ['vm', 0, 'a', 'c'],
      ['db', 400, undefined, 'd'],
      ['vm', 60_000, 'b', undefined],
    ],
  );
});

test('migrations with held resumptions are found, and their blackouts match the hypervisor’s', async () => {
  const analysis = await analyse(shipped('lan-held'), [defaultSet()]);
  const scores = scoreAll([analysis], truthOf('lan-held'));
  // Of the six, the shortest took 99.9 ms: two probes at most, so three in a row can't be lost.
  assert.equal(scores[BASELINE]!.recall, { found: 5, of: 6 });
  assert.ok(scores.defaults!.recall.found >= 5);
  assert.is(scores.defaults!.falseMigrations, 0);
  assert.ok(scores.defaults!.delayMs!.median < scores[BASELINE]!.delayMs!.median);
});

test('look-alikes: outages are no migrations, but to the baseline', async () => {
  const analysis = await analyse(shipped('lan-lookalikes'), [...(await namedSets(['loss'])), defaultSet()]);
  const scores = scoreAll([analysis], truthOf('lan-lookalikes'));
  assert.equal(Object.keys(scores), ['loss', 'defaults', BASELINE]);
  assert.is(scores[BASELINE]!.confusion.get('outage')?.get('migration'), 4);
  assert.is(scores.defaults!.confusion.get('outage')?.get('migration'), undefined);
  assert.match(analysisText(analysis), /event \(UTC\) +target +loss +defaults\n/);
});

test('a quiet recording: no event, and the figures of its log', async () => {
  const analysis = await analyse(shipped('lan-quiet'), [defaultSet()]);
  const [target] = analysis.targets;
  assert.equal(analysis.judgements[0]!.events, []);
  // Counted in the log that it was imported from: grep -c time=.
  assert.is(target!.received, 1404);
  assert.is(target!.sent, target!.received + target!.lost);
  assert.match(analysisText(analysis), /no events/);
});

test('invalid labels are refused with what is wrong', () => {
  assert.throws(
    () => readTruth('package.json'),
    /package\.json: labels are a JSON object with a list "truth"/,
  );
  assert.throws(() => readTruth('recordings/README.md'), /README\.md: .*JSON/);
  assert.is(truthOf('wan-idle').length, 6);
  const absurd = join(scratch(), 'absurd.json');
  for (const stop of [1e16, -1e300, '1795225031'])
    for (const fields of [
      { stop, resume: 1e300 },
      { start: 0, end: stop },
    ]) {
      writeFileSync(
        absurd,
        JSON.stringify({ truth: [{ type: 'migration', target: '*', note: '', ...fields }] }),
      );
      assert.throws(() => readTruth(absurd), /absurd\.json: label 1: ".*" must be a moment in Unix seconds/);
    }
});

const labels = (item: object) => {
  const path = join(scratch(), 'labels.json');
  writeFileSync(path, JSON.stringify({ truth: [{ target: '*', note: '', ...item }] }));
  return path;
};

test('a label may name a cause without an event, when the network was away, and what is right too', () => {
  const item = {
    ...{ type: 'failover', stop: 100, resume: 100.3, away: 99, back: 106.3 },
    also: ['outage', 'nothing'],
  };
  const [read] = readTruth(labels(item));
  assert.equal(spanOf(read!), { from: 99_000, to: 106_300 });
  assert.is(Math.round(blackoutOf(read!)), 300);
  assert.equal(
    (['failover', 'outage', 'nothing', 'migration'] as const).map(report => isRight(read!, report)),
    [true, true, true, false],
  );
});

test('what a label says beside that is refused', () => {
  const span = { stop: 100, resume: 101 };
  assert.throws(() => readTruth(labels({ type: 'failovr', ...span })), /Did you mean "failover"\?/);
  assert.throws(
    () => readTruth(labels({ type: 'outage', ...span, also: 'failover' })),
    /label 1: "also" must be a list of types/,
  );
  assert.throws(
    () => readTruth(labels({ type: 'outage', ...span, also: ['move'] })),
    /unknown type in "also" of label 1 "move"/,
  );
  assert.throws(
    () => readTruth(labels({ type: 'outage', ...span, back: '12:00' })),
    /"back" must be a moment/,
  );
});

test.run();
