import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('documents and the catalogue on a terminal');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-documents-'));
test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

test('a document is not written to a terminal: a file is asked for', async () => {
  const screen = openScreen(['export', '--csv', 'recordings/lan-held.jsonl'], { cols: 120 });
  assert.is(await screen.exit, 2);
  assert.match(screen.terminal.scrollback(), /name a file with -o lan-held\.csv/);
});

test('remove asks first, and only yes removes', async () => {
  const path = join(folder, 'a.jsonl');
  copyFileSync('recordings/lan-held.jsonl', path);
  for (const [answer, stays] of [
    ['n', true],
    ['y', false],
  ] as const) {
    const screen = openScreen(['recordings', 'remove', 'a', '--dir', folder], { cols: 120 });
    await screen.waitFor(/remove \S+a\.jsonl\? y\/n/);
    screen.press(`${answer}\r`);
    assert.is(await screen.exit, 0);
    assert.is(existsSync(path), stays);
  }
});

test.run();
