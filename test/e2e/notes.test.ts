import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen, type Screen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';

const test = suite('a note typed is a note kept');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-notes-'));
const shared = sharedProgram();
test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

async function note(screen: Screen, text: string): Promise<void> {
  screen.press('n');
  await screen.waitFor(/note: .*Enter/);
  screen.press(`${text}\r`);
  await screen.waitFor(new RegExp(`:\\d\\d\\S* +${text}`));
}

function notesIn(path: string): string[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => JSON.parse(line))
    .flatMap(([type, data]) => (type === 'note' ? [data.text] : []));
}

test('typed before the recording, it is in the recording; typed after, it is saved at the end', async () => {
  const dir = join(folder, 'live');
  const screen = openScreen(['sim:demo', '--dir', dir], { cols: 100, rows: 30 });
  await screen.waitFor(/not recording/);
  await note(screen, 'before');
  screen.press('R');
  await screen.waitFor(/● recording/);
  await note(screen, 'during');
  screen.press('R');
  await screen.waitFor(/not recording/);
  await note(screen, 'afterwards');
  screen.kill('SIGTERM');
  assert.is(await screen.exit, 143);
  assert.match(screen.terminal.scrollback(), /1 note saved in .*live/);
  const files = readdirSync(dir).filter(name => name.endsWith('.jsonl'));
  const kept = files.map(name => notesIn(join(dir, name)));
  assert.equal(
    kept.sort((a, b) => b.length - a.length),
    [['before', 'during'], ['afterwards']],
  );
  const names = files.map(name => name.replace('.jsonl', ''));
  const shown = await Promise.all(names.map(name => shared(['recordings', 'show', name, '--dir', dir])));
  const text = shown.map(({ stdout }) => stdout).join('');
  for (const each of ['before', 'during', 'afterwards'])
    assert.match(text, new RegExp(`recorded note +\\S+ \\S+: ${each}`));
});

test('typed in the replay of a file that no catalogue lists, it is there the next time and in the report', async () => {
  const dir = join(folder, 'own');
  mkdirSync(dir);
  const file = join(folder, 'night.rec');
  copyFileSync('recordings/lan-held.jsonl', file);
  const words = ['replay', file, '--dir', dir];
  const first = openScreen(words, { cols: 100, rows: 30 });
  await first.waitFor(/REPLAY/);
  await note(first, 'switch rebooted');
  first.press('q');
  assert.is(await first.exit, 0);
  const again = openScreen(words, { cols: 100, rows: 30 });
  await again.waitFor(/REPLAY/);
  again.press('\x1b[F');
  await again.waitFor(/switch rebooted/);
  again.press('q');
  const { stdout } = await shared(['report', file, '--dir', dir]);
  assert.match(stdout, /<caption>Notes<\/caption>[\s\S]*switch rebooted/);
});

test('the report of a recording shows the notes of its session', async () => {
  const { stdout } = await shared(['report', 'recordings/demo.jsonl']);
  const texts = notesIn('recordings/demo.jsonl');
  assert.ok(texts.length > 0);
  const table = stdout.slice(stdout.indexOf('<caption>Notes</caption>'));
  for (const text of texts)
    assert.ok(table.includes(text.replaceAll('&', '&amp;').replaceAll("'", '&#39;')), text);
});

test.run();
