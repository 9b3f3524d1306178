/**
 * Whole screens as a user sees them, against text files to be read by eye.
 * UPDATE_SCREENS=1 writes the files anew: read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { TIME_SPANS } from '../../src/ui/graph/window.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { DrawnScreen } from '../support/blessed-screen.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, pauseOf, START, SyntheticSession } from '../support/synthetic.js';
import { viewedSession } from '../support/viewed.js';

process.env.TZ = 'UTC';
process.env.TERM = 'xterm-256color';
const test = suite('screens');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));
const SECONDS = 52;
const [SPAN_15S, SPAN_30S] = [15_000, 30_000].map(span => TIME_SPANS.indexOf(span)) as [number, number];

const session = new SyntheticSession(['web', 'db', 'cache', 'sim:demo'], ['db resolved anew to 10.0.0.2']);
const state = new CountedState({ targets: 4, intervalMs: 50 });
for (const step of session.take(SECONDS)) state.take(step);
const moment = { state, info: session.info, now: START + SECONDS * 1000, holdMs: 30_000 };

/** The same session as a recording of which 52 of 90 seconds were played, judged otherwise in one event. */
const [migration, pause] = [migrationOf('10.0.0.2'), pauseOf('10.0.0.3')];
const replayed = {
  ...moment,
  replay: {
    ...{ speed: 10, paused: true, startedAt: START, endedAt: START + 90_000 },
    pairs: [
      { recorded: pause, judged: pause, agrees: true },
      { recorded: migration, judged: { ...migration, kind: 'outage' as const }, agrees: false },
      { judged: { ...pause, startedAt: START + 70_000 }, agrees: false },
    ],
    gaps: [{ at: START + 60_000, until: START + 64_000 }],
    notes: [{ at: START + 10_000, text: 'lunch' }],
  },
};
const recorded = { ...moment, recording: { name: '2026-11-20T10-00-00Z-web.jsonl', bytes: 1_234_567 } };
const troubled = { ...moment, recording: { ...recorded.recording, trouble: 'ENOSPC: no space left' } };

/** A viewer whose buffer outlasts the silence around the migration, and one that runs dry. */
const viewed = viewedSession(SECONDS, [[40, 46]]);
const stalled = viewedSession(SECONDS, [[40, 60]]);

/** Read off where the migration began, with the statistic that found it. */
const CLOSER: Partial<Controls> = {
  ...{ chosen: '10.0.0.2', statistic: 'cusum', span: SPAN_30S },
  cursor: { at: START + 40_100, end: moment.now },
};
const noted = { ...moment, notes: [{ at: START + 34_000, text: 'drain node 7' }] };

interface Case {
  name: string;
  of?: ViewInputs;
  columns: number;
  rows: number;
  controls?: Partial<Controls>;
  ascii?: true;
}

const CASES: readonly Case[] = [
  { name: '120x40', columns: 120, rows: 40, controls: { chosen: '10.0.0.2' } },
  { name: '80x24', columns: 80, rows: 24, controls: { chosen: '10.0.0.3' } },
  { name: '40x10', columns: 40, rows: 10 },
  { name: '40x6', columns: 40, rows: 6 },
  { name: '40x15', columns: 40, rows: 15 },
  { name: '80x24-ascii', columns: 80, rows: 24, controls: { chosen: '10.0.0.2' }, ascii: true },
  { name: '80x24-help', columns: 80, rows: 24, controls: { help: true } },
  { name: '40x10-help', columns: 40, rows: 10, controls: { help: true } },
  {
    name: '80x24-full-frozen',
    columns: 80,
    rows: 24,
    controls: { chosen: 'sim:demo', full: true, frozenAt: moment.now },
  },
  {
    name: '80x24-event',
    columns: 80,
    rows: 24,
    controls: { chosen: '10.0.0.3', event: 'p-10.0.0.3', span: SPAN_15S },
  },
  { name: '80x24-histogram', columns: 80, rows: 24, controls: { histogram: true } },
  { name: '120x40-closer', of: noted, columns: 120, rows: 40, controls: CLOSER },
  { name: '80x24-closer', of: noted, columns: 80, rows: 24, controls: CLOSER },
  { name: '80x24-closer-ascii', of: noted, columns: 80, rows: 24, controls: CLOSER, ascii: true },
  {
    name: '80x24-figures',
    columns: 80,
    rows: 24,
    controls: { figures: true, scaling: { shape: 'log', range: { low: 0.1, high: 100 } } },
  },
  {
    name: '120x40-earlier',
    columns: 120,
    rows: 40,
    controls: { chosen: '10.0.0.2', span: SPAN_15S, end: START + 44_000, figures: true },
  },
  { name: '120x40-replay', of: replayed, columns: 120, rows: 40, controls: { chosen: '10.0.0.2' } },
  { name: '80x24-replay', of: replayed, columns: 80, rows: 24, controls: { comparison: true } },
  { name: '80x24-replay-ascii', of: replayed, columns: 80, rows: 24, controls: {}, ascii: true },
  { name: '80x24-replay-help', of: replayed, columns: 80, rows: 24, controls: { help: true } },
  { name: '40x10-replay', of: replayed, columns: 40, rows: 10 },
  { name: '120x40-recording', of: recorded, columns: 120, rows: 40 },
  { name: '80x24-recording', of: recorded, columns: 80, rows: 24 },
  { name: '80x24-recording-trouble', of: troubled, columns: 80, rows: 24 },
  { name: '120x40-viewer', of: viewed, columns: 120, rows: 40, controls: { chosen: '10.0.0.2' } },
  { name: '80x24-viewer', of: stalled, columns: 80, rows: 24, controls: { chosen: '10.0.0.2' } },
  {
    name: '80x24-viewer-ascii',
    of: viewed,
    columns: 80,
    rows: 24,
    controls: { chosen: '10.0.0.2' },
    ascii: true,
  },
  {
    name: '80x24-prompt',
    columns: 80,
    rows: 24,
    controls: { prompt: { label: 'note', text: 'switch rebooted', problem: 'nothing is being recorded' } },
  },
  {
    name: '40x6-prompt',
    columns: 40,
    rows: 6,
    controls: {
      prompt: { label: 'note', text: 'the switch was rebooted', problem: 'nothing is being recorded' },
    },
  },
];

test('an error beside a prompt is clipped and never dropped, however narrow the screen and long the answer', async () => {
  for (const [columns, text] of [
    [80, 'x'.repeat(100)],
    [30, 'short'],
    [12, 'a longer answer'],
  ] as const) {
    const screen = new DrawnScreen(columns, 6, { ascii: false, color: false });
    const prompt = { label: 'note', text, problem: 'disk full: cannot write the note to the recording' };
    const shown = await screen.show(pictureOf(moment, { ...INITIAL, prompt }, { columns, rows: 6 }, UNICODE));
    screen.close();
    assert.match(shown, /disk?.*…/, `${columns} columns`);
  }
});

for (const { name, of = moment, columns, rows, controls, ascii } of CASES)
  test(name, async () => {
    const screen = new DrawnScreen(columns, rows, { ascii: ascii === true, color: false });
    const glyphs = ascii ? ASCII : UNICODE;
    const text = await screen.show(pictureOf(of, { ...INITIAL, ...controls }, { columns, rows }, glyphs));
    screen.close();
    const shown = `${text.replace(/ +$/gm, '')}\n`;
    if (process.env.UPDATE_SCREENS) writeFileSync(`${FOLDER}${name}.txt`, shown);
    assert.is(shown, readFileSync(`${FOLDER}${name}.txt`, 'utf8'));
  });

test('without colour no colour is sent, and in ASCII nothing but ASCII', async () => {
  const screen = new DrawnScreen(120, 40, { ascii: true, color: false });
  await screen.show(pictureOf(moment, INITIAL, { columns: 120, rows: 40 }, ASCII));
  screen.close();
  const parameters = [...screen.raw.matchAll(/\x1b\[([\d;]*)m/g)].flatMap(match => match[1]!.split(';'));
  for (const parameter of parameters) assert.ok(['', '0', '1', '7'].includes(parameter), `SGR ${parameter}`);
  assert.not.match(screen.raw, /[^\x00-\x7f]/);
});

test('with colour the lights have theirs', async () => {
  const screen = new DrawnScreen(120, 40, { ascii: false, color: true });
  const text = await screen.show(pictureOf(moment, INITIAL, { columns: 120, rows: 40 }, UNICODE));
  const row = text.split('\n').findIndex(line => line.includes('■ RED   db'));
  assert.is(screen.terminal.colorAt(row, 2), 210);
  assert.is(screen.terminal.colorAt(row + 1, 2), 77);
  screen.close();
});

test('a picture that is on the screen already sends nothing', async () => {
  const screen = new DrawnScreen(120, 40, { ascii: false, color: true });
  const picture = () => pictureOf(moment, INITIAL, { columns: 120, rows: 40 }, UNICODE);
  await screen.show(picture());
  const { length } = screen.raw;
  await screen.show(picture());
  assert.is(screen.raw.length, length);
  screen.close();
});

test.run();
