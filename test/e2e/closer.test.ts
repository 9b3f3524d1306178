import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('looking closer, in a terminal');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-closer-'));
const recording = join(folder, 'night.jsonl');
copyFileSync(fileURLToPath(new URL('../../../recordings/lan-held.jsonl', import.meta.url)), recording);
const size = { cols: 120, rows: 40, env: { XDG_CACHE_HOME: join(folder, 'cache') } };
const LEFT = '\x1b[D';

test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

test('a replay has a cursor, a page of evidence and notes, which are kept for the next replay, even if it is quit at once', async () => {
  const screen = openScreen(['replay', recording, '--scale', 'log:100us..100ms'], size);
  await screen.waitFor(
    text => /RTT, last 60 s · log, fixed 100 µs to 100 ms/.test(text) && !/read \d+ %/.test(text),
  );
  screen.press(' ]]]]]v');
  const read = await screen.waitFor(/▸ \d\d:\d\d:\d\d\.\d{3} \+\d+ ms · /);
  assert.match(read, /60 s to [\d:]+, 0 for now/);
  const place = /▸ ([\d:.]+) /.exec(read)![1]!;
  screen.press(LEFT);
  await screen.waitFor(text => /▸ ([\d:.]+) /.exec(text)?.[1] !== place);
  screen.press('wwww');
  await screen.waitFor(/── loss [\d.]+, limit 17[\s\S]*limit ┤/);
  screen.press('p');
  await screen.waitFor(/60 s shown +[\d.]+ %/);
  screen.press('nswitch rebooted\r');
  await screen.waitFor(/\+ switch rebooted|switch rebooted \+/);
  screen.press('0');
  await screen.waitFor(/RTT, last 60 s/);
  screen.press('q');
  assert.is(await screen.exit, 0, screen.text());
  const { recordings } = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8'));
  assert.is(recordings[0].notes[0].text, 'switch rebooted');
  const noted = new Date(recordings[0].notes[0].at).toISOString().slice(11, 19);
  assert.ok(noted <= place && noted > '00:24:24', `${noted}, read off at ${place}`);

  const again = openScreen(['replay', recording], size);
  await again.waitFor(/━|◆/);
  again.press('\x1b[F');
  await again.waitFor(/switch rebooted/);
  again.press('nleft at once\rq');
  assert.is(await again.exit, 0);
  assert.match(readFileSync(join(folder, 'catalogue.json'), 'utf8'), /left at once/);
});

test('an invalid scale is refused before anything is watched', async () => {
  const { code, stderr } = await migwatch(['watch', 'sim:demo', '--scale', 'log:0..1s']);
  assert.is(code, 2);
  assert.match(stderr, /--scale "log:0\.\.1s" is logarithmic but starts at 0: expected linear, log/);
});

test.run();
