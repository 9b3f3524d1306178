import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';

const test = suite('what the interval can miss');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-limits-'));
const shared = sharedProgram();
test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

test('the start line and the report name the shortest blackout, and those that are longer are all found', async () => {
  const file = join(folder, 'slow.jsonl');
  const probe = 'sim:first=40s,every=100s,blackout=800ms,clock=0,announce=0';
  const args = ['--headless', 'sim:x', '--probe', probe, '-i', '200ms', '--speed', '200', '-d', '640s'];
  const { stdout } = await migwatch([...args, `--record=${file}`]);
  const lines = stdout.trim().split('\n');
  const { targets } = JSON.parse(lines[0]!);
  assert.ok(targets[0].cannot.includes('surely see blackouts under 800 ms'), targets[0].cannot.join('\n'));
  assert.equal(JSON.parse(lines.at(-1)!).targets[0].events, { unclear: 6 });
  assert.match((await shared(['report', file])).stdout, /blackouts under 800 ms may go unseen/);
});

test('the screen says it beside the light', async () => {
  const screen = openScreen(['sim:x', '--probe', 'sim:clock=0,announce=0', '-i', '500ms'], {
    cols: 80,
    rows: 24,
  });
  await screen.waitFor(/blackouts under 2 s[\s\S]*may go unseen/);
  screen.press('q');
  await screen.exit;
});

test.run();
