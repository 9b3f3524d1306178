import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { MigrationEvent } from '../../src/core/event.js';
import { utc } from '../../src/core/format/utc.js';
import { type Analysis, analyse } from '../../src/evaluation/analysis.js';
import { defaultSet } from '../../src/evaluation/detector-sets.js';
import { Lookback } from '../../src/recording/lookback.js';
import { isSample } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';
import { CLI, Headless } from '../support/headless.js';
import { scenario } from '../support/scenario.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { HOLD } from './session.js';

const test = suite('lookback');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-lookback-'));
test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

const MINUTE = `${'.'.repeat(1190)}xxxxxxxxxx`;

/** The analysis of the one recording in a folder. */
function recordedIn(dir: string): Promise<Analysis> {
  return analyse(join(dir, readdirSync(dir).find(name => name.endsWith('.jsonl'))!), [defaultSet()]);
}

/** The last word on each event. */
class Events {
  readonly all = new Map<string, MigrationEvent>();

  take(events: readonly MigrationEvent[]): void {
    for (const event of events) this.all.set(event.id, event);
  }
}

test('the last ten minutes of twenty are kept, twelve at most, and judged anew give the same events', () => {
  const engine = new SessionEngine(defaultChoices(), HOLD);
  let now = 0;
  const lookback = new Lookback(600_000, { now: () => now, opening: () => engine.opening(() => {}) });
  engine.attach(lookback);
  const live = new Events();
  for (const sample of scenario(MINUTE.repeat(20))) {
    now = sample.knownAt;
    live.take(engine.take(sample)!.events);
  }
  const { startedAt, opening } = lookback.past!;
  const entries = [...lookback.drain()].flat();
  assert.is(lookback.past, undefined);
  const samples = entries.filter(isSample);
  const kept = now - startedAt;
  assert.ok(kept >= 600_000 && kept <= 720_000, `${kept} ms`);
  assert.ok(samples[0]!.knownAt - startedAt < 200, 'nothing is missing at its beginning');

  const again = new SessionEngine(defaultChoices(), HOLD);
  for (const row of opening) again.take(row);
  assert.equal(again.notices, []);
  const judged = new Events();
  for (const entry of entries) judged.take(again.take(entry)?.events ?? []);
  // The event that was open when the kept minutes began is not all in them.
  const isWhole = ([, { startedAt: from }]: [string, MigrationEvent]) => from > startedAt;
  const lived = [...live.all].filter(isWhole);
  assert.ok(lived.length >= 10);
  assert.equal([...judged.all].filter(isWhole), lived);
});

test('memory is bounded whatever the rate: with many samples, less time is kept', () => {
  let now = 0;
  const lookback = new Lookback(600_000, { now: () => now, opening: () => [] });
  const step = { verdicts: [], lights: [], events: [] };
  const base = { target: 'vm', probe: 'icmp' };
  // A reason makes a row of ten thousand characters: 50 MB in 100 s.
  const outcome = { kind: 'unsent', reason: 'x'.repeat(10_000) } as const;
  for (let seq = 0; seq < 5000; seq++) {
    now = seq * 20;
    lookback.take({ ...step, sample: { ...base, at: now, knownAt: now, seq, outcome } });
  }
  const size = [...lookback.drain()].flat().length * 10_000;
  assert.ok(size > 20_000_000 && size < 34_000_000, `${size} characters`);
});

test('a state that is longer than the kept rows is saved once a stretch, not with each sample', () => {
  let asked = 0;
  const opening = () => {
    asked++;
    const row = { type: 'note' as const, data: { at: 0, text: 'x'.repeat(2_000_000) } };
    // The last one is longer than any recording holds.
    return [row, row, row, row, { ...row, data: { at: 0, text: 'x'.repeat(8_000_000) } }];
  };
  const lookback = new Lookback(600_000, { now: () => 0, opening });
  for (let seq = 0; seq < 10; seq++) {
    const outcome = { kind: 'reply', rttMs: 1 } as const;
    const sample = { at: seq, knownAt: seq, target: 'vm', probe: 'icmp', seq, outcome };
    lookback.take({ sample, verdicts: [], lights: [], events: [] });
  }
  assert.is(asked, 1);
  assert.is(lookback.past!.opening.length, 4);
});

test('--record-red records from before the event until a minute after the light; --lookback 0 keeps nothing', async () => {
  const [with10, without] = [join(folder, 'with'), join(folder, 'without')];
  const common = ['sim:a', '--record-red', '--hold', '1s', '--speed', '10', '-d', '40s'];
  const runs = [
    Headless.start([...common, '--dir', with10]),
    Headless.start([...common, '--dir', without, '--lookback', '0']),
  ];
  await Promise.all(runs.map(run => run.until(({ type }) => type === 'summary')));
  await Promise.all(runs.map(run => run.end()));
  assert.match(runs[0]!.errors, /recording \S+ with the last 0:\d\d:\d\d/);
  const [first, second] = await Promise.all([with10, without].map(recordedIn));
  const [event, later] = runs.map(run => run.events()[0]!);
  assert.is(
    utc(first!.recorded[0]!.startedAt),
    event!.startedAt,
    'the event that turned it red is in the recording',
  );
  assert.is(first!.recorded[0]!.kind, 'migration');
  // Its first samples are losses of the event, which were known after it turned red.
  assert.ok(utc(second!.startedAt) >= later!.startedAt, 'without, it begins at red');
});

test('if migwatch itself fails, it is saved', async () => {
  const dir = join(folder, 'failed');
  const detector = join(folder, 'fails.mjs');
  const body = `({ seq }) => { if (seq > 5000) throw new Error('boom'); return { state: 'calm', score: 0, threshold: 1, why: '' }; }`;
  const plugin = `{ name: 'fails', summary: 'fails', reads: ['reply'], options: {}, create: () => ({ observe: ${body} }) }`;
  writeFileSync(detector, `export default ${plugin};`, { mode: 0o600 });
  const common = [
    'sim:a',
    '--record-red',
    '--speed',
    '100',
    '-d',
    '900s',
    '--dir',
    dir,
    '--detector',
    detector,
  ];
  const run = spawnSync(process.execPath, [CLI, 'watch', '--headless', ...common], { encoding: 'utf8' });
  assert.is(run.status, 1);
  assert.match(run.stderr, /with the last 0:\d\d:\d\d[\s\S]*recorded \d{3,} samples[\s\S]*boom/);
  assert.is(readdirSync(dir).length, 1);
});

test('R saves what already happened', async () => {
  const dir = join(folder, 'key');
  const screen = openScreen(['sim:a', '--speed', '20', '--dir', dir], { cols: 120, rows: 40 });
  await screen.waitFor(/■ RED/);
  screen.press('R');
  await screen.waitFor(/with the last 0:\d\d:\d\d/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  const { judgements } = await recordedIn(dir);
  assert.ok(judgements[0]!.events.some(({ kind }) => kind === 'migration'));
});

test.run();
