import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen, type Screen } from '../support/screen.js';

const RECORDING = fileURLToPath(new URL('../../../recordings/lan-held.jsonl', import.meta.url));
const test = suite('mouse on a terminal');
test.after.each(closeScreens);

const ON = '\x1b[?1000h';
const OFF = '\x1b[?1000l';
const click = (column: number, row: number) =>
  `\x1b[<0;${column + 1};${row + 1}M\x1b[<0;${column + 1};${row + 1}m`;
const wheel = (direction: 'up' | 'down', column: number, row: number) =>
  `\x1b[<${direction === 'up' ? 64 : 65};${column + 1};${row + 1}M`;

async function open(argv: string[] = []): Promise<Screen> {
  const screen = openScreen(['sim:one', 'sim:two', 'sim:three', ...argv], { cols: 120, rows: 40 });
  await screen.waitFor(/GREEN three[\s\S]*last 60 s/);
  return screen;
}

/** The cell at which a text begins. */
function cellOf(screen: Screen, text: string): [column: number, row: number] {
  const row = screen
    .text()
    .split('\n')
    .findIndex(line => line.includes(text));
  assert.ok(row >= 0, `${text} is on the screen`);
  return [screen.line(row).indexOf(text), row];
}

test('a click chooses a target, the wheel walks the list and zooms the graph, a hint is a button; M gives the mouse back to the terminal, and takes it again', async () => {
  const screen = await open();
  screen.press(click(...cellOf(screen, 'GREEN three')));
  await screen.waitFor(/▸ ● GREEN three/);
  screen.press(wheel('up', ...cellOf(screen, 'GREEN one')));
  await screen.waitFor(/▸ ● GREEN two/);
  const [, row] = cellOf(screen, 'last 60 s');
  screen.press(wheel('down', 40, row + 3));
  await screen.waitFor(/last 120 s/);
  screen.press(wheel('up', 40, row + 3) + wheel('up', 40, row + 3));
  await screen.waitFor(/last 30 s/);
  screen.press(click(...cellOf(screen, '? help')));
  await screen.waitFor(/keys .*to close/);
  screen.press('?');
  await screen.waitFor(/events, newest first/);
  assert.ok(screen.raw().includes(ON));
  screen.press('M');
  await screen.waitFor(() => screen.raw().lastIndexOf(OFF) > screen.raw().lastIndexOf(ON));
  screen.press('M');
  await screen.waitFor(() => screen.raw().lastIndexOf(ON) > screen.raw().lastIndexOf(OFF));
  screen.press(click(...cellOf(screen, 'q quit')));
  assert.is(await screen.exit, 0);
  assert.ok(screen.raw().lastIndexOf(OFF) > screen.raw().lastIndexOf(ON), 'off when it ends');
});

test('a click on an event jumps to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
  const env = { XDG_CACHE_HOME: folder };
  const screen = openScreen(['replay', RECORDING, '--speed=5'], { cols: 120, rows: 40, env });
  await screen.waitFor(/REPLAY/);
  screen.press(']');
  await screen.waitFor(/migration[\s\S]*% sure/);
  screen.press(click(...cellOf(screen, '% sure')));
  await screen.waitFor(/around \d\d:\d\d:\d\d/);
  screen.press('q');
  await screen.exit;
  rmSync(folder, { recursive: true });
});

test('--no-mouse never asks for it', async () => {
  const screen = await open(['--no-mouse']);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.not(screen.raw().includes(ON));
});

test.run();
