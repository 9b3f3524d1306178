/**
 * Lists of forty targets as a user sees them, against text files to be read by eye.
 * UPDATE_SCREENS=1 writes the files anew: read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { ALL_AS_GIVEN, type Listing } from '../../src/ui/list/list.js';
import { INITIAL } from '../../src/ui/model/controls.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { DrawnScreen } from '../support/blessed-screen.js';
import { CountedState } from '../support/counted-state.js';
import { START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
process.env.TERM = 'xterm-256color';
const test = suite('listing on screens');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));
const SECONDS = 45;

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
const session = new SyntheticSession([
  ...[...numbered('web', 12), ...numbered('db', 4), 'bastion'],
  ...[...numbered('cache', 8), ...numbered('k8s-node', 14), 'sim:demo'],
]);
const state = new CountedState({ targets: session.info.targets.length, intervalMs: 50 });
for (const step of session.take(SECONDS)) state.take(step);
const moment = { state, info: session.info, now: START + SECONDS * 1000, holdMs: 30_000 };

const SIZES = [
  [120, 40],
  [80, 24],
  [40, 10],
] as const;
const LISTS: Record<string, Partial<Listing>> = {
  sorted: { sort: 'rtt' },
  filtered: { filter: 'web-1*' },
  grouped: { grouped: true, folded: ['web', 'k8s-node'], sort: 'state' },
  nobody: { filter: 'nowhere' },
};

const CASES = Object.entries(LISTS).flatMap(([what, listing]) => [
  ...SIZES.map(([columns, rows]) => ({ what, listing, columns, rows, ascii: false })),
  { what, listing, columns: 80, rows: 24, ascii: true },
]);

for (const { what, listing, columns, rows, ascii } of CASES) {
  const name = `list-${columns}x${rows}-${what}${ascii ? '-ascii' : ''}`;
  test(name, async () => {
    const screen = new DrawnScreen(columns, rows, { ascii, color: false });
    const controls = { ...INITIAL, listing: { ...ALL_AS_GIVEN, ...listing } };
    const text = await screen.show(pictureOf(moment, controls, { columns, rows }, ascii ? ASCII : UNICODE));
    screen.close();
    const shown = `${text.replace(/ +$/gm, '')}\n`;
    if (process.env.UPDATE_SCREENS) writeFileSync(`${FOLDER}${name}.txt`, shown);
    assert.is(shown, readFileSync(`${FOLDER}${name}.txt`, 'utf8'));
  });
}

test.run();
