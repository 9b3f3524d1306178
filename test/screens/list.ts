import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Screen } from '../support/screen.js';
import { LIGHT, type PanLimits } from './colors.js';

/** A screen to show: how the program is started, and the keys until it shows the wanted picture. */
export interface Shot {
  name: string;
  caption: string;
  argv: readonly string[];
  columns: number;
  rows: number;
  ground?: PanLimits;
  lead(screen: Screen): Promise<unknown>;
}

const DEMO = 'recordings/demo.jsonl';
const HELD = 'recordings/lan-held.jsonl';
const SPEED = ['--speed', '5', '--utc'];

/** Plays the recording a little past its third migration and holds it there. */
async function toMigration(screen: Screen): Promise<void> {
  await screen.waitFor(/REPLAY/, 60_000);
  screen.press(']]]');
  await screen.waitFor(/blackout 541 ms/, 60_000);
  await new Promise(done => setTimeout(done, 900));
  screen.press(' ');
  await screen.waitFor(/paused/);
}

/** Goes to 8 s after the demonstration's first migration, while the light is red, and holds it there. */
async function toDemo(screen: Screen): Promise<void> {
  await screen.waitFor(/REPLAY/, 60_000);
  screen.press(' g06:34:06\r');
  await screen.waitFor(/viewers noticed[\s\S]*q quit/, 30_000);
  screen.press('+');
  await screen.waitFor(/last 30 s[\s\S]*06:33:57 +vm +migration[\s\S]*paused/);
}

const pressing =
  (keys: string, wanted: RegExp) =>
  async (screen: Screen): Promise<void> => {
    await toMigration(screen);
    screen.press(keys);
    await screen.waitFor(wanted);
  };

/** The page, in its order. */
export const SHOTS: readonly Shot[] = [
  {
    name: 'tour',
    caption: 'The first minute: captions say what is seen while a simulated VM is migrated.',
    argv: ['--utc'],
    columns: 100,
    rows: 30,
    lead: screen =>
      screen.waitFor(/was migrated[\s\S]*press Enter for the evidence[\s\S]*this machine: ✓/, 40_000),
  },
  {
    name: 'migration',
    caption:
      'A VM was live-migrated: lost echoes, its clock stood still, five RARP frames announced its new location.',
    argv: ['replay', HELD, ...SPEED],
    columns: 110,
    rows: 36,
    lead: toMigration,
  },
  {
    name: 'demo',
    caption:
      'A live migration that two observers see and a viewer does not: the light is red, the video plays on.',
    argv: ['replay', DEMO, '--utc'],
    columns: 110,
    rows: 40,
    lead: toDemo,
  },
  {
    name: 'pane',
    caption: '`migwatch pane`: a few lines in a small tmux pane; events scroll into its history.',
    argv: ['pane', 'web=sim:a', 'db=sim:b', 'cache=sim:c', '--utc', '--probe', 'sim:first=9s'],
    columns: 90,
    rows: 18,
    lead: screen =>
      screen.waitFor(
        text => (text.match(/migration \w+ SIM/g)?.length ?? 0) > 1 && /q quit/.test(text),
        40_000,
      ),
  },
  {
    name: 'maintenance',
    caption:
      '`--expect FILE --budget 300ms`: which VMs are expected to move, which did, and which took too long.',
    argv: [
      'a=sim:a',
      'b=sim:b',
      'c=sim:c',
      '--utc',
      '--probe',
      'sim:first=2s',
      '--expect',
      expected('a', 'b'),
      '--budget',
      '300ms',
    ],
    columns: 100,
    rows: 30,
    lead: screen => screen.waitFor(/unexpected[\s\S]* moved/, 60_000),
  },
  {
    name: 'statistic',
    caption: 'Why a detector raised an alarm (`w`): its statistic and its limit under the graph.',
    argv: ['replay', HELD, ...SPEED],
    columns: 110,
    rows: 36,
    lead: pressing('w', /limit/),
  },
  {
    name: 'histogram',
    caption: 'The RTTs of a target as a histogram (`h`).',
    argv: ['replay', HELD, ...SPEED],
    columns: 100,
    rows: 30,
    lead: pressing('h', /RTT since/),
  },
  {
    name: 'help',
    caption: 'Every key (`?`).',
    argv: ['replay', HELD, ...SPEED],
    columns: 100,
    rows: 40,
    lead: pressing('?', /to close/),
  },
  {
    name: 'light',
    caption: '`--theme light`, on a light terminal.',
    argv: ['replay', HELD, ...SPEED, '--theme', 'light'],
    columns: 100,
    rows: 30,
    ground: LIGHT,
    lead: toMigration,
  },
  {
    name: 'color-blind',
    caption: '`--theme color-blind`; shapes and words identify the lights as well.',
    argv: ['replay', HELD, ...SPEED, '--theme', 'color-blind'],
    columns: 100,
    rows: 30,
    lead: toMigration,
  },
  {
    name: 'small',
    caption: '40×10, in ASCII: a small terminal shows the most important parts.',
    argv: ['replay', HELD, ...SPEED, '--ascii'],
    columns: 40,
    rows: 10,
    lead: screen => screen.waitFor(/RED/, 30_000),
  },
];

function expected(...names: string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'migwatch-')), 'tonight.txt');
  writeFileSync(file, names.map(name => `${name}\n`).join(''));
  return file;
}
