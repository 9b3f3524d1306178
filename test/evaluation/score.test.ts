import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sample } from '../../src/core/sample.js';
import { threeLostInARow } from '../../src/evaluation/baselines.js';
import { type Conditions, type Detection, score } from '../../src/evaluation/score.js';
import type { TruthItem } from '../../src/evaluation/truth.js';

const DAY = 86_400_000;
const VM = 'vm';
const conditions: Conditions = { targets: [VM, 'b', 'c'], intervalMs: 50, watchedMs: DAY };

const happened = (type: TruthItem['type'], stop: number, resume: number, target = VM): TruthItem => ({
  type,
  target,
  stop,
  resume,
  note: '',
});
const told = (at: number, change: Partial<Detection> = {}): Detection => ({
  target: VM,
  kind: 'migration',
  red: true,
  at,
  ...change,
});

const test = suite('score');

test('what comes from STOP to 1.5 s after RESUME counts, to the millisecond', () => {
  const truth = [happened('migration', 100, 100.3)];
  const found = (at: number) => score(truth, [told(at)], conditions).recall.found;
  assert.equal([99_999, 100_000, 101_800, 101_801].map(found), [0, 1, 1, 0]);
});

test('a migration counts until its network is back, and its blackout ends at RESUME', () => {
  const truth = [{ ...happened('migration', 100, 100.3), away: 99, back: 106 }];
  const blackoutMs = { estimate: 290, low: 250, high: 350 };
  const scored = (at: number) => score(truth, [told(at, { blackoutMs })], conditions);
  assert.equal(
    [98_999, 99_000, 107_500, 107_501].map(at => scored(at).recall.found),
    [0, 1, 1, 0],
  );
  assert.is(Math.round(scored(107_000).blackoutErrorMs!.max), 10);
  assert.equal(scored(107_000).highBound, { found: 1, of: 1 });
});

test('a second report of one migration is false, and one report does not count for two', () => {
  const twice = score([happened('migration', 100, 100.3)], [told(100_200), told(100_900)], conditions);
  assert.equal([twice.recall, twice.falseMigrations], [{ found: 1, of: 1 }, 1]);
  const once = score(
    [happened('migration', 100, 100.3), happened('migration', 101, 101.3)],
    [told(101_200)],
    conditions,
  );
  assert.equal([once.recall, once.falseMigrations], [{ found: 1, of: 2 }, 0]);
});

test('another target’s report is false', () => {
  const { recall, falseMigrations } = score(
    [happened('migration', 100, 100.3)],
    [told(100_200, { target: 'b' })],
    conditions,
  );
  assert.equal([recall.found, falseMigrations], [0, 1]);
});

test('only red finds a migration; the colour of an outage is not a miss', () => {
  const result = score(
    [happened('migration', 100, 100.3), happened('outage', 200, 201)],
    [told(100_200, { red: false, kind: 'unclear' }), told(200_500, { red: false, kind: 'outage' })],
    conditions,
  );
  assert.equal(result.recall, { found: 0, of: 1 });
  assert.equal(result.falseMigrations, 0);
  assert.equal(Object.fromEntries(result.confusion.get('migration')!), { unclear: 1 });
  assert.equal(Object.fromEntries(result.confusion.get('outage')!), { outage: 1 });
});

test('an outage of all is one for each target, and those untold are missed', () => {
  const { confusion, unmatched } = score(
    [happened('outage', 100, 101, '*')],
    [told(100_200, { kind: 'outage', red: false }), told(100_300, { target: 'b' })],
    conditions,
  );
  assert.equal(Object.fromEntries(confusion.get('outage')!), { outage: 1, migration: 1, missed: 1 });
  assert.equal(unmatched, []);
});

test('every alarm of a busy host is false', () => {
  const busy: TruthItem = { type: 'host-contention', target: '*', start: 100, end: 120, note: '' };
  const result = score(
    [busy],
    [told(110_000), told(111_000, { red: false, kind: 'congestion' })],
    conditions,
  );
  assert.equal([result.falseMigrations, result.unmatched.length], [1, 2]);
  assert.equal(result.matches, []);
});

test('false migrations per target-day, and the rule of three if there were none', () => {
  const none = score([], [], conditions);
  assert.equal([none.falseMigrationsPerTargetDay, none.upperBoundPerTargetDay], [0, 1]);
  const two = score([], [told(1000), told(9000)], { ...conditions, watchedMs: DAY / 2 });
  assert.is(two.falseMigrationsPerTargetDay.toFixed(6), '1.333333');
  assert.is(two.upperBoundPerTargetDay, undefined);
});

test('recall by blackout in intervals, next to the limit of echoes alone', () => {
  const truth = [0.01, 0.03, 0.06, 0.12, 0.2, 0.4].map((length, index) =>
    happened('migration', 100 * (index + 1), 100 * (index + 1) + length),
  );
  const { recallByLength } = score(truth, [told(100_000), told(500_100), told(600_100)], conditions);
  assert.equal(
    recallByLength.map(({ intervals, found, of }) => [intervals, found, of]),
    [
      ['0–1', 1, 2],
      ['1–2', 0, 1],
      ['2–4', 0, 1],
      ['≥ 4', 2, 2],
    ],
  );
  // (10 ms / 50 ms + 30 ms / 50 ms) / 2
  assert.is(recallByLength[0]!.ceiling.toFixed(6), '0.400000');
});

test('delays and blackout errors by hand', () => {
  const truth = [
    happened('migration', 100, 100.5),
    happened('migration', 200, 200.5),
    happened('pause', 300, 301),
  ];
  const { delayMs, blackoutErrorMs, highBound } = score(
    truth,
    [
      told(100_600, { blackoutMs: { estimate: 530, low: 0, high: 550 } }),
      told(200_580, { blackoutMs: { estimate: 480, low: 0, high: 490 } }),
      told(300_200, { kind: 'pause', red: false, blackoutMs: { estimate: 1005, low: 990, high: 1020 } }),
    ],
    conditions,
  );
  assert.equal(delayMs, { median: 580, p95: 600, max: 600 });
  assert.equal(blackoutErrorMs, { median: 20, p95: 30, max: 30 });
  assert.equal(highBound, { found: 2, of: 3 });
});

test('a label without an end is refused, and the error shows it', () => {
  assert.throws(
    () => score([{ type: 'ghost', target: VM, start: 5, note: '' }], [], conditions),
    /type "ghost" needs stop and resume, or start and end.*"start":5/,
  );
});

/** 50 ms apart from 1000; `.` a reply, `x` a loss known a second later, `L` one whose reply came later still. */
const track = (text: string, target = VM): Sample[] =>
  [...text].flatMap((kind, seq) => {
    const base = { at: 1000 + 50 * seq, target, probe: 'icmp', seq };
    const reply: Sample = { ...base, knownAt: base.at + 1, outcome: { kind: 'reply', rttMs: 1 } };
    const lost: Sample = { ...base, knownAt: base.at + 1000, outcome: { kind: 'lost', reason: 'timeout' } };
    const late: Sample = {
      ...base,
      knownAt: base.at + 1200,
      outcome: { kind: 'reply', rttMs: 1200, late: true },
    };
    return kind === '.' ? [reply] : kind === 'L' ? [lost, late] : [lost];
  });

test('the baseline calls at the third loss in a row, once a run, a timeout late', () => {
  const detections = threeLostInARow([...track('..xx..xxLxx..'), ...track('.xxx.', 'b')]);
  assert.equal(
    detections.map(({ target, at, blackoutMs }) => [target, at, blackoutMs!.high]),
    [
      [VM, 1000 + 50 * 8 + 1000, 300],
      ['b', 1000 + 50 * 3 + 1000, 200],
    ],
  );
});

test('the baseline reads the samples in the order of sending, in which they do not come', () => {
  const samples = track('..xxx..').sort((a, b) => a.knownAt - b.knownAt);
  assert.is(threeLostInARow(samples).length, 1);
});

test.run();
