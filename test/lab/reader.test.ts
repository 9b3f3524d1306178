import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { score } from '../../src/evaluation/score.js';
import { figuresTable, verdictTable } from '../../src/evaluation/tables.js';
import { LineReader } from '../../src/lab/reader.js';

const test = suite('reader and report');

const light = (target: string, colour: string) =>
  JSON.stringify({ type: 'light', at: '2026-11-20T10:00:00.000Z', target, light: colour, why: '' });
const event = (id: string, target: string, kind: string, more = {}) =>
  JSON.stringify({
    ...{ type: 'event', id, state: 'open', target, kind, confidence: 0.9 },
    ...{ startedAt: '2026-11-20T10:00:00.000Z', ...more },
  });
const blackoutMs = { estimate: 310, low: 0, high: 350 };

test('an event counts from when its target turned red, as last reported', () => {
  const reader = new LineReader();
  reader.read(light('b', 'red'), 1);
  reader.read(light('vm', 'amber'), 10);
  reader.read(event('e1', 'vm', 'unclear'), 11);
  reader.read(light('vm', 'red'), 20);
  reader.read(event('e1', 'vm', 'unclear'), 21);
  reader.read(event('e1', 'vm', 'migration', { blackoutMs }), 30);
  reader.read(light('vm', 'green'), 40);
  reader.read(event('e2', 'vm', 'pause'), 50);
  const span = { startedAt: Date.UTC(2026, 10, 20, 10), confidence: 0.9 };
  assert.equal(reader.detections, [
    { ...span, target: 'vm', kind: 'migration', red: true, at: 21, blackoutMs },
    { ...span, target: 'vm', kind: 'pause', red: false, at: 50 },
  ]);
});

test('keeps everything that decides the outcome of a probe', () => {
  const reader = new LineReader();
  const sample = (kind: string, seq: number) =>
    JSON.stringify({
      type: 'sample',
      at: '2026-11-20T10:00:00.050123Z',
      knownAt: '2026-11-20T10:00:01.050123Z',
      target: 'vm',
      probe: 'icmp',
      seq,
      kind,
      rttMs: 1,
    });
  for (const [seq, kind] of ['reply', 'overdue', 'lost', 'late'].entries()) reader.read(sample(kind, seq), 0);
  assert.equal(
    reader.samples.map(({ seq, at, outcome }) => [seq, at, outcome.kind]),
    [
      [0, Date.UTC(2026, 10, 20, 10, 0, 0, 50), 'reply'],
      [2, Date.UTC(2026, 10, 20, 10, 0, 0, 50), 'lost'],
    ],
  );
});

test('the truth stands next to what was reported', () => {
  const start = Date.UTC(2026, 10, 20, 10) / 1000;
  const at = (seconds: number) => (start + seconds) * 1000;
  const result = score(
    [
      { type: 'migration', target: 'vm', stop: start + 5, resume: start + 5.3, note: '' },
      { type: 'pause', target: 'vm', stop: start + 9, resume: start + 9.4, note: '' },
      { type: 'host-contention', target: '*', start: start + 6, end: start + 8, note: '' },
    ],
    [
      { target: 'vm', kind: 'unclear', red: true, at: at(5.4), startedAt: at(5.1), blackoutMs },
      { target: 'b', kind: 'migration', red: true, at: at(7), startedAt: at(7) },
    ],
    { targets: ['vm', 'b'], intervalMs: 50, watchedMs: 43_200_000 },
  );
  assert.equal(verdictTable(result), [
    'time (UTC)    target  hypervisor                  blackout  migwatch             detected after  its blackout',
    '10:00:05.000  vm      migration                   300.0 ms  red unclear          400.0 ms        310 (0–350) ms',
    '10:00:06.000  *       host-contention, 2000.0 ms',
    '10:00:07.000  b       nothing                               red migration FALSE',
    '10:00:09.000  vm      pause                       400.0 ms  missed',
  ]);
  assert.equal(figuresTable({ migwatch: result, other: result }), [
    '                                                 migwatch                     other',
    'migrations found: red, and called so             0 of 1 (95 %: 0 %–98 %)      0 of 1 (95 %: 0 %–98 %)',
    '  red, but unclear                               1 of 1                       1 of 1',
    '  blackout 0–1 intervals                         –                            –',
    '  blackout 1–2 intervals                         –                            –',
    '  blackout 2–4 intervals                         –                            –',
    "  blackout ≥ 4 intervals (echo's ceiling 100 %)  0 of 1                       0 of 1",
    'false reds: neither migration nor ghost          1 (nothing 1)                1 (nothing 1)',
    '  per target-day (at most, 95 %)                 1 (4.7)                      1 (4.7)',
    '  observed target-days                           1                            1',
    'other false events                               0                            0',
    'STOP to red, median / p95 / max                  –                            –',
    'blackout error, median / p95 / max               10.0 ms / 10.0 ms / 10.0 ms  10.0 ms / 10.0 ms / 10.0 ms',
    'blackout within the high bound                   1 of 1                       1 of 1',
    'migration: recall, precision                     0 of 1, 0 of 1               0 of 1, 0 of 1',
    'pause: recall, precision                         0 of 1, –                    0 of 1, –',
    'migration reported as                            unclear 1                    unclear 1',
    'pause reported as                                missed 1                     missed 1',
  ]);
});

test.run();
