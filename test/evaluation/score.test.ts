import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sample } from '../../src/core/sample.js';
import { threeLostInARow } from '../../src/evaluation/baselines.js';
import { shareInterval, upperCount } from '../../src/evaluation/intervals.js';
import type { Detection } from '../../src/evaluation/matching.js';
import { type Conditions, score } from '../../src/evaluation/score.js';
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
  startedAt: at,
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
  assert.equal([twice.recall, twice.falseReds], [{ found: 1, of: 1 }, 1]);
  const once = score(
    [happened('migration', 100, 100.3), happened('migration', 101, 101.3)],
    [told(101_200)],
    conditions,
  );
  assert.equal([once.recall, once.falseReds], [{ found: 1, of: 2 }, 0]);
});

test('another target’s report is false', () => {
  const { recall, falseReds } = score(
    [happened('migration', 100, 100.3)],
    [told(100_200, { target: 'b' })],
    conditions,
  );
  assert.equal([recall.found, falseReds], [0, 1]);
});

test('only red finds a migration; the colour of an outage is not a miss', () => {
  const result = score(
    [happened('migration', 100, 100.3), happened('outage', 200, 201)],
    [told(100_200, { red: false, kind: 'unclear' }), told(200_500, { red: false, kind: 'outage' })],
    conditions,
  );
  assert.equal(result.recall, { found: 0, of: 1 });
  assert.equal(result.falseReds, 0);
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
  assert.equal([result.falseReds, result.unmatched.length], [1, 2]);
  assert.equal(result.matches, []);
});

test('false reds per target-day, with the bound of Garwood', () => {
  const none = score([], [], conditions);
  // ln 20 in three target-days.
  assert.equal([none.falseRedsPerTargetDay, none.upperBoundPerTargetDay.toFixed(4)], [0, '0.9986']);
  const two = score([], [told(1000), told(9000)], { ...conditions, watchedMs: DAY / 2 });
  assert.is(two.falseRedsPerTargetDay.toFixed(6), '1.333333');
  // Garwood 1936: two events have the upper bound 6.2958, here in 1.5 target-days.
  assert.is(two.upperBoundPerTargetDay.toFixed(4), '4.1972');
  assert.is(two.targetDays, 1.5);
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

test('a red event that is unclear is not a migration found; it has a column of its own', () => {
  const { recall, redUnclear, falseReds, delayMs } = score(
    [happened('migration', 100, 100.3), happened('migration', 200, 200.3)],
    [told(100_200, { kind: 'unclear' }), told(200_200)],
    conditions,
  );
  assert.equal([recall, redUnclear, falseReds], [{ found: 1, of: 2 }, 1, 0]);
  assert.is(delayMs!.max, 200);
});

test('a red pause or outage is a false red, beside those where nothing happened', () => {
  const { falseReds, falseRedsByCause } = score(
    [happened('pause', 100, 101), happened('outage', 200, 201), happened('ghost', 300, 301)],
    [told(100_200), told(200_200, { kind: 'unclear' }), told(300_200, { kind: 'ghost' }), told(400_000)],
    conditions,
  );
  assert.is(falseReds, 3);
  assert.equal(Object.fromEntries(falseRedsByCause), { pause: 1, outage: 1, nothing: 1 });
});

test('the event with the largest overlap matches, not the first one', () => {
  const brief = told(100_050, { startedAt: 100_040, endedAt: 100_060, kind: 'unclear' });
  const whole = told(100_100, { startedAt: 99_990, endedAt: 100_320 });
  const { recall, unmatched } = score([happened('migration', 100, 100.3)], [brief, whole], conditions);
  assert.equal([recall.found, unmatched], [1, [brief]]);
  // An event that spans two migrations belongs to the longer one.
  const long = told(101_500, { startedAt: 100_000, endedAt: 105_000 });
  const { matches } = score(
    [happened('migration', 100, 100.3), happened('migration', 101, 104)],
    [long],
    conditions,
  );
  assert.equal(
    matches.map(({ detection }) => detection === undefined),
    [true, false],
  );
});

test('an event that was red before the migration began does not find it', () => {
  const early = told(99_000, { startedAt: 98_900, endedAt: 100_200 });
  const { recall, falseReds } = score([happened('migration', 100, 100.3)], [early], conditions);
  assert.equal([recall.found, falseReds], [0, 1]);
});

test('recall and precision of each cause, by hand', () => {
  const { causes } = score(
    [
      happened('migration', 100, 101),
      happened('migration', 200, 201),
      { ...happened('failover', 300, 301), also: ['outage'] },
      { ...happened('policing', 400, 401), also: ['nothing'] },
    ],
    [
      told(100_100),
      told(200_100, { kind: 'outage', red: false }),
      told(300_100, { kind: 'outage', red: false }),
      told(500_000),
    ],
    conditions,
  );
  assert.equal(
    causes.map(({ cause, labels, found, reports, right }) => [
      cause,
      `${found} of ${labels}`,
      `${right} of ${reports}`,
    ]),
    [
      ['migration', '1 of 2', '1 of 2'],
      ['failover', '1 of 1', '0 of 0'],
      ['policing', '1 of 1', '0 of 0'],
      ['outage', '0 of 0', '1 of 2'],
    ],
  );
});

test('the Brier score and the classes of confidence, by hand', () => {
  const { reliability } = score(
    [happened('migration', 100, 101), happened('pause', 200, 201)],
    [
      told(100_100, { confidence: 0.99 }),
      told(200_100, { kind: 'pause', red: false, confidence: 0.6 }),
      told(300_000, { confidence: 0.6 }),
    ],
    conditions,
  );
  assert.is(reliability!.brier.toFixed(6), ((0.01 ** 2 + 0.4 ** 2 + 0.6 ** 2) / 3).toFixed(6));
  assert.equal(
    reliability!.bins.map(({ from, to, events, right }) => [from, to, events, right]),
    [
      [0.5, 0.7, 2, 1],
      [0.98, 1, 1, 1],
    ],
  );
  assert.is(score([], [told(1)], conditions).reliability, undefined);
});

test('95 % bounds as published', () => {
  const rounded = (found: number, of: number) => {
    const { low, high } = shareInterval(found, of)!;
    return [low.toFixed(4), high.toFixed(4)];
  };
  // Clopper and Pearson 1934, by tables of the beta distribution.
  assert.equal(rounded(0, 10), ['0.0000', '0.3085']);
  assert.equal(rounded(5, 10), ['0.1871', '0.8129']);
  assert.equal(rounded(61, 61), ['0.9413', '1.0000']);
  assert.is(shareInterval(0, 0), undefined);
  assert.equal(
    [0, 1, 3, 10].map(count => upperCount(count).toFixed(3)),
    ['2.996', '4.744', '7.754', '16.962'],
  );
  assert.ok(upperCount(100_000) < 101_000);
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
