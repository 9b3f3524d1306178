/** The first minute of a user who names no target, on a terminal: a migration with captions, and then a host of the user's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuTime } from '../bench/cpu.js';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('the tour on a terminal');
test.after.each(closeScreens);
const recordings = mkdtempSync(join(tmpdir(), 'migwatch-tour-'));
test.after(() => rmSync(recordings, { recursive: true }));

test('it shows a migration with captions, opens its evidence, and watches the host that is typed', async () => {
  const screen = openScreen(['--dir', recordings], { cols: 100, rows: 30, env: { NO_COLOR: '1' } });
  const first = await screen.waitFor(/this simulated VM answers every 50 ms/);
  assert.match(first, /demo SIMULATED/);
  assert.not.match(first, /127\.0\.0\.1/);
  await screen.waitFor(/this machine:.* [✓✗] echo.* [✓✗] clock.* [✓✗] announce/);
  await screen.waitFor(/press Enter for the evidence/);
  screen.press('\r');
  await screen.waitFor(/verdict: [\s\S]*Esc back/);
  screen.press('\x1b');
  // The question opened by itself: Enter still opens the evidence, and the question returns after it.
  await screen.waitFor(
    /your turn: type a host to watch; Enter alone shows the evidence[\s\S]*host to watch: /,
  );
  screen.press('\r');
  await screen.waitFor(/verdict: [\s\S]*Esc back/);
  screen.press('\x1b');
  await screen.waitFor(/host to watch: /);
  screen.press('\r');
  await screen.waitFor(/verdict: [\s\S]*Esc back/);
  assert.not.match(screen.text(), /● recording/);
  screen.press('R');
  await screen.waitFor(/verdict: [\s\S]*● recording/);
  screen.press('R');
  await screen.waitFor(text => /verdict: /.test(text) && !/● recording/.test(text));
  screen.press('\x1b');
  await screen.waitFor(/press a and type a host to watch/);
  screen.press('a');
  await screen.waitFor(/host to watch: /);
  const before = cpuTime(screen.pid());
  screen.press('x'.repeat(5000));
  await screen.waitFor(/host to watch: x{40}/);
  screen.press('\x15not a host;\r');
  await screen.waitFor(/not a host; .*is not a target/);
  assert.ok(cpuTime(screen.pid()) - before < 5000, 'a pasted text is drawn once, not at each character');
  screen.press('\x15no-such-host.invalid\r');
  await screen.waitFor(/no-such-host\.invalid does not resolve/);
  assert.match(screen.text(), /demo SIMULATED/, 'the VM stays until there is a host in its place');
  screen.press('\x15127.0.0.1\r');
  await screen.waitFor(
    text =>
      /(GREEN|AMBER) +127\.0\.0\.1/.test(text) && !/your turn|this machine:|^▸.*demo SIMULATED/m.test(text),
  );
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.match(screen.terminal.scrollback(), /demo SIMULATED +(migration|unclear)/);
});

test('a user who names a target sees no captions', async () => {
  const screen = openScreen(['sim:demo'], { cols: 100, rows: 30 });
  const text = await screen.waitFor(/GREEN demo SIMULATED +\d/);
  assert.not.match(text, /this simulated VM|this machine:/);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test.run();
