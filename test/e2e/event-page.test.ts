import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('event page, on a terminal');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));

test.after(() => {
  closeScreens();
  rmSync(folder, { recursive: true });
});

test('--at opens a replay with the event in the middle; Enter shows its page, o writes what analyze prints', async () => {
  const argv = ['replay', 'recordings/lan-held.jsonl', '--at', '00:24:56.671', '--dir', folder];
  const screen = openScreen(argv, { cols: 120, rows: 40, env: { XDG_CACHE_HOME: folder } });
  await screen.waitFor(/60 s around 00:24:56/);
  screen.press('++');
  const shown = await screen.waitFor(/15 s around 00:24:56[\s\S]*▼ migration 327 ms/);
  const column = shown
    .split('\n')
    .find(line => line.includes('▼ migration 327 ms'))!
    .indexOf('▼');
  assert.ok(column >= 50 && column <= 58, `column ${column} is in the middle of 9 to 97`);
  screen.press('\r');
  await screen.waitFor(/guest clock 327 ms behind[\s\S]*id e3/);
  screen.press('o');
  await screen.waitFor(/the page of the event is in/);
  screen.press(']');
  await screen.waitFor(/guest clock 541 ms behind[\s\S]*id e4/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.match(screen.terminal.scrollback(), /the page of the event is in/);
  const [written, ...others] = readdirSync(folder).filter(name => name.endsWith('.txt'));
  assert.equal(others, []);
  const path = join(folder, written!);
  assert.is(statSync(path).mode & 0o777, 0o600);
  const { stdout } = await migwatch(['analyze', 'recordings/lan-held.jsonl', '--event', '3']);
  assert.is(readFileSync(path, 'utf8'), stdout);
});

test.run();
