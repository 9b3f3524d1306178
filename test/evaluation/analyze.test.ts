import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../src/core/event.js';
import type { Outcome, Sample } from '../../src/core/sample.js';
import { Jitter } from '../../src/core/statistics/jitter.js';
import { analyse, type TargetFigures } from '../../src/evaluation/analysis.js';
import { analysisText } from '../../src/evaluation/analysis-text.js';
import { threeLostInARow } from '../../src/evaluation/baselines.js';
import { lineUp } from '../../src/evaluation/compare.js';
import { Coverage } from '../../src/evaluation/coverage.js';
import { defaultSet, namedSets } from '../../src/evaluation/detector-sets.js';
import { NearLosses } from '../../src/evaluation/near-losses.js';
import { BASELINE, labelled, scoreAll } from '../../src/evaluation/scoring.js';
import { blackoutOf, isRight, spanOf } from '../../src/evaluation/truth.js';
import { readTruth, readTruthFile } from '../../src/evaluation/truth-file.js';
import { record, scratch } from '../recording/session.js';
import { START, scenario } from '../support/scenario.js';

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
  assert.is(scores.defaults!.falseReds, 0);
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

test('a recording of which nothing is known is not scored as if nothing had happened', async () => {
  const analyses = await Promise.all(
    ['lan-held', 'lan-lookalikes', 'lan-quiet'].map(name => analyse(shipped(name), [defaultSet()])),
  );
  const file = (name: string) => readTruthFile(`recordings/${name}.truth.json`);
  const scored = (...names: string[]) =>
    labelled(analyses, names.map(file)).map(({ path }) => path.replace(/.*lan-(\w+).*/, '$1'));
  assert.equal(scored('lan-held'), ['held']);
  assert.equal(scored('lan-held', 'lan-quiet'), ['held', 'quiet']);
  assert.equal(scored('wan-idle'), []);
  // A file that says that nothing happened, whatever it is called, beside one recording.
  const nothing = { path: 'nothing.json', truth: [] };
  assert.is(labelled(analyses.slice(2), [nothing]).length, 1);
  assert.is(labelled(analyses, [nothing]).length, 0);
});

test('coverage counts the time in which probes were sent, whatever interrupted them', () => {
  const coverage = new Coverage({ intervalMs: 50, timeoutMs: 1000 });
  const probe = (at: number, outcome: Outcome = { kind: 'reply', rttMs: 1 }) =>
    coverage.take({ at, knownAt: at + 1, target: 'vm', probe: 'icmp', seq: 0, outcome });
  for (let at = 0; at <= 10_000; at += 50) probe(at);
  // Losses are observations, and come a timeout late; probes that could not be sent are not.
  for (let at = 10_050; at <= 12_000; at += 50) probe(at, { kind: 'lost', reason: 'timeout' });
  for (let at = 12_050; at < 20_000; at += 50) probe(at, { kind: 'unsent', reason: 'ENETDOWN' });
  for (let at = 60_000; at <= 70_000; at += 50) probe(at);
  assert.is(coverage.observedMs, 12_000 + 50 + 10_000);
});

test('figures are over observed time, and a gap is said', async () => {
  const path = join(scratch(), 'gap.jsonl');
  const replies = (from: number, seq: number): Sample[] =>
    Array.from({ length: 201 }, (_, index) => ({
      ...{
        at: from + 50 * index,
        knownAt: from + 50 * index + 1,
        target: 'vm',
        probe: 'icmp',
        seq: seq + index,
      },
      outcome: { kind: 'reply' as const, rttMs: 1 },
    }));
  await record(path, [...replies(START, 0), ...replies(START + 90_000, 201)]);
  const analysis = await analyse(path, [defaultSet()]);
  const [{ observedMs, coverage }] = analysis.targets as [TargetFigures];
  assert.equal([observedMs, coverage.toFixed(3)], [20_050, '0.200']);
  assert.match(analysisText(analysis), /vm: coverage \d+ %: 80 s not observed/);
  assert.is((scoreAll([analysis], []).defaults!.targetDays * 86_400_000).toFixed(0), '20050');
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
  assert.throws(
    () => readTruth(labels({ type: 'migration', ...span, resum: 101 })),
    /unknown field of label 1 "resum"\. Did you mean "resume"\?/,
  );
  assert.throws(
    () => readTruth(labels({ type: 'migration', ...span, start: 100.5 })),
    /label 1: "start" must not be later than "stop"/,
  );
  assert.throws(
    () => readTruth(labels({ type: 'migration', ...span, total_ms: 'long' })),
    /label 1: "total_ms" must be a number of milliseconds/,
  );
  assert.is(readTruth(labels({ type: 'migration', ...span, operator: 'night shift' })).length, 1);
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
