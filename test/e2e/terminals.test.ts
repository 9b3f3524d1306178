/** The dashboard where terminals differ: size, a shell's job control, tmux with nobody looking, a slow link. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needing } from '../support/needs.js';
import { closeScreens, openScreen, PROGRAM } from '../support/screen.js';
import { Tmux } from '../support/tmux.js';

const test = suite('terminals');
test.after.each(closeScreens);
const ARGV = ['sim:demo', 'other=sim:second', '--probe', 'sim:loss=0,first=1h'];
const pause = (ms: number) => new Promise(done => setTimeout(done, ms));

for (const [cols, rows, wanted] of [
  [40, 6, /GREEN demo SIM[\s\S]*GREEN other SIM[\s\S]*q quit/],
  [300, 80, /GREEN demo SIM[\s\S]*── light ─[\s\S]*events, newest first[\s\S]*q quit/],
] as const)
  test(`${cols}x${rows}`, async () => {
    const screen = openScreen(ARGV, { cols, rows });
    const text = await screen.waitFor(wanted);
    assert.match(text.split('\n').at(-1)!, /q quit/, 'the last line is the last row');
    screen.press('q');
    assert.is(await screen.exit, 0);
  });

test('--slow draws seldom, and a key at once', async () => {
  const screen = openScreen([...ARGV, '--slow'], { cols: 120, rows: 40 });
  await screen.waitFor(/GREEN[\s\S]*µs/);
  await pause(300);
  const frames = new Set<string>();
  const began = screen.raw().length;
  for (let look = 0; look < 30; look++) {
    frames.add(/\d\d:\d\d:\d\d *$/m.exec(screen.text())![0]);
    await pause(100);
  }
  assert.ok(frames.size <= 3, `${frames.size} frames in 3 s`);
  assert.ok(screen.raw().length - began < 3 * 4000, 'bytes in 3 s');
  const pressed = Date.now();
  screen.press('?');
  await screen.waitFor(/to close/);
  // Far less than a frame, even on a busy machine.
  assert.ok(Date.now() - pressed < 1500, `${Date.now() - pressed} ms`);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

needing(test, { commands: ['tmux', 'bash'] })(
  'tmux: Ctrl-Z and fg, detached and attached elsewhere',
  async () => {
    const tmux = new Tmux(100, 30);
    try {
      await tmux.waitFor(/\$/);
      tmux.keys(`clear; ${process.execPath} ${PROGRAM} ${ARGV.join(' ')}`, 'Enter');
      await tmux.waitFor(/GREEN other[\s\S]*q quit/);
      assert.is(tmux.value('alternate_on'), '1');
      tmux.keys('C-z');
      await tmux.waitFor(/Stopped/);
      assert.equal([tmux.value('alternate_on'), tmux.value('cursor_flag')], ['0', '1']);
      tmux.keys('stty -a | grep -o " icanon"', 'Enter');
      await tmux.waitFor(/^ icanon/m);
      tmux.keys('fg', 'Enter');
      await tmux.waitFor(/GREEN other[\s\S]*q quit/);
      assert.equal([tmux.value('alternate_on'), tmux.value('cursor_flag')], ['1', '0']);
      // Whoever attaches from a smaller terminal makes it smaller.
      tmux.run('resize-window', '-x', '60', '-y', '12');
      const small = await tmux.waitFor(/^[▸ ] ● GREEN demo SIM[\s\S]*q quit/);
      assert.not.match(small, /p99/);
      tmux.keys('q');
      await tmux.waitFor(/\nother SIMULATED +\d+/);
    } finally {
      tmux.close();
    }
  },
);

test('the first process of a pane, which nothing could resume, continues at Ctrl-Z', async () => {
  // The shell of a pseudo-terminal leads a session: what it runs without job control can't be stopped.
  const screen = openScreen(ARGV, { cols: 80, rows: 24 });
  await screen.waitFor(/GREEN[\s\S]*µs/);
  screen.press('\x1a');
  await pause(300);
  const before = /\d\d:\d\d:\d\d *$/m.exec(screen.text())?.[0];
  await screen.waitFor(text => /GREEN/.test(text) && /\d\d:\d\d:\d\d *$/m.exec(text)?.[0] !== before);
  assert.ok(screen.terminal.alternate);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test.run();
