import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { needing } from '../support/needs.js';
import { closeScreens, openScreen, PROGRAM, type Screen } from '../support/screen.js';
import { Tmux } from '../support/tmux.js';

const test = suite('pane');
test.after(closeScreens);
const CALM = ['--probe', 'sim:loss=0,first=1h'];
const ARGV = ['pane', 'sim:demo', 'other=sim:second', ...CALM];
/** Begins at once what mostly waits, while the others run. */
const begun = (body: () => Promise<void>) => {
  const run = body();
  run.catch(() => {});
  return () => run;
};
const pause = (ms: number) => new Promise(done => setTimeout(done, ms));

async function open(cols: number, rows: number, argv = ARGV, env = {}): Promise<Screen> {
  const screen = openScreen(argv, { cols, rows, env });
  await screen.waitFor(/\d [µu]s/);
  return screen;
}

/** What every ending owes the terminal. */
function assertRestored(screen: Screen): void {
  const raw = screen.raw();
  assert.ok(raw.lastIndexOf('\x1b[?25h') > raw.lastIndexOf('\x1b[?25l'), 'the cursor is shown');
  const modes = /speed[\s\S]*/.exec(screen.terminal.scrollback())![0];
  for (const mode of ['icanon', 'echo', 'isig', 'icrnl', 'opost'])
    assert.match(modes, new RegExp(`(^|\\s)${mode}\\b`, 'm'), `${mode} is on again`);
}

const COLOUR = /\x1b\[[\d;]*\b(3[0-8]|4[0-8]|9[0-7])[;m]/;
/** Every way to end a pane but q, each from another terminal. */
const ENDINGS: { env: NodeJS.ProcessEnv; end(screen: Screen): void; code: number; summary: boolean }[] = [
  { env: { TERM: 'vt100' }, end: screen => screen.press('\x03'), code: 130, summary: true },
  { env: { TERM: 'linux' }, end: screen => screen.kill('SIGTERM'), code: 143, summary: true },
  { env: { LANG: 'C', CI: 'true' }, end: screen => screen.kill('SIGHUP'), code: 129, summary: false },
];

test('every terminal: no colour and ASCII where needed; however it is ended, it gives the terminal back', async () => {
  const shown = await Promise.all(
    ENDINGS.map(async ({ env, end, code, summary }) => {
      const screen = await open(80, 6, ARGV, env);
      await screen.waitFor(/GREEN demo SIMULATED/);
      end(screen);
      assert.is(await screen.exit, code, JSON.stringify(env));
      assertRestored(screen);
      assert.is(/sent +lost +loss/.test(screen.terminal.scrollback()), summary, JSON.stringify(env));
      return screen.raw();
    }),
  );
  assert.not.match(shown[0]!, COLOUR);
  for (const raw of shown) assert.not.match(raw.split(/no events\r|time +target/)[0]!, /[^\x00-\x7f]/);
});

test('where the cursor does not move, it writes lines, and says why', async () => {
  const dumb = openScreen([...ARGV, '-d', '200ms'], { cols: 200, env: { TERM: 'dumb' } });
  assert.is(await dumb.exit, 0);
  assert.match(dumb.raw(), /cannot move its cursor; writing lines instead[\s\S]*"type":"summary"/);
});

test('sizes: one row, 20 columns, a storm of them; without colour where none is wanted', async () => {
  const screen = await open(100, 10, ARGV, { TERM: 'screen-256color', NO_COLOR: '1' });
  screen.resize(60, 1);
  await screen.waitFor(/^■ 0 ▲ 0 ● 2/);
  screen.resize(20, 4);
  await screen.waitFor(
    text =>
      text.split('\n').length === 4 && /● demo SIM +[\d.]+ [µm]s\n● other SIM .*\n■ 0 ▲ 0 ● 2/.test(text),
  );
  for (let step = 0; step < 40; step++) {
    screen.resize(15 + ((step * 37) % 100), 1 + ((step * 13) % 20));
    await pause(5);
  }
  screen.resize(80, 12);
  await screen.waitFor(/● GREEN demo .*\n● GREEN other .*\n■ 0 ▲ 0 ● 2 .*q quit {2}\? help\n\s*$/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assertRestored(screen);
  assert.match(screen.terminal.scrollback(), /sent +lost +loss/);
  assert.not.match(screen.raw(), COLOUR);
});

test(
  'a terminal that stops reading loses frames, and nothing else stops',
  begun(async () => {
    const screen = await open(80, 6);
    await screen.waitFor(/● 2/);
    screen.stall(true);
    await pause(2000);
    const before = screen.raw().length;
    const started = Date.now();
    screen.stall(false);
    screen.press('q');
    assert.is(await screen.exit, 0);
    assert.ok(Date.now() - started < 3000, 'a key is heard at once');
    assert.ok(screen.raw().length - before < 100_000, 'no queue of frames was waiting');
    const [sent, lost] = /\n\S+ SIMULATED +(\d+) +(\d+)/
      .exec(screen.terminal.scrollback())!
      .slice(1)
      .map(Number);
    // 20 probes a second; a blocked loop would have lost some 40 of them.
    assert.ok(sent! > 35 && lost === 0, `${sent} sent, ${lost} lost`);
  }),
);

test('without a terminal it writes lines, and says why', async () => {
  const { code, stdout, stderr } = await migwatch([...ARGV, '-d', '200ms']);
  assert.is(code, 0);
  assert.match(stderr, /standard output is not a terminal; writing lines instead/);
  assert.match(stdout, /^\{"type":"start"[\s\S]*"type":"summary"/);
});

needing(test, { commands: ['tmux', 'bash'] })('Ctrl-Z and fg', async () => {
  const tmux = new Tmux(90, 20);
  try {
    await tmux.waitFor(/\$/);
    tmux.keys(`clear; ${process.execPath} ${PROGRAM} ${ARGV.join(' ')}`, 'Enter');
    await tmux.waitFor(/GREEN other .*\n.*q quit/);
    assert.is(tmux.value('cursor_flag'), '0');
    tmux.keys('C-z');
    await tmux.waitFor(/Stopped/);
    assert.is(tmux.value('cursor_flag'), '1');
    tmux.keys('echo set aside; stty -a | grep -o " icanon"; fg', 'Enter');
    const back = await tmux.waitFor(/GREEN other .*\n.*q quit/);
    assert.match(back, /set aside\n icanon\n[\s\S]*● GREEN demo/, 'what the shell said is still there');
    tmux.keys('q');
    await tmux.waitFor(/\nother SIMULATED +\d+/);
  } finally {
    tmux.close();
  }
});

test(
  'a few lines on the ordinary screen, an event into its history, and a summary where they were',
  begun(async () => {
    const screen = openScreen(['pane', 'sim:demo', '--probe', 'sim:first=100ms'], { cols: 90, rows: 14 });
    await screen.waitFor(/\d\d:\d\d:\d\d migration demo SIMULATED blackout/);
    const text = await screen.waitFor(/■ RED {3}demo SIMULATED/);
    assert.not.match(screen.raw(), /\x1b\[\?1049h|\x1b\[[23]J/);
    assert.match(text, /q quit {2}\? help/);
    screen.press('?');
    await screen.waitFor(/Ctrl-Z +suspend/);
    screen.press('?');
    await screen.waitFor(/■ \d ▲/);
    screen.press('q');
    assert.is(await screen.exit, 0);
    assertRestored(screen);
    const left = screen.terminal.scrollback();
    assert.match(
      left,
      /migration demo SIMULATED blackout[\s\S]*\d\d +demo SIMULATED +migration +\d+ ms[\s\S]*\ndemo SIMULATED +\d+/,
    );
    assert.not.match(left, /■ \d ▲/, 'its lines are gone');
  }),
);

test('--line ends when its reader is gone, though nothing changes', async () => {
  const args = [PROGRAM, 'pane', '--line', 'sim:demo', ...CALM];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  assert.equal(await once(child, 'exit'), [0, null]);
});

needing(test, { commands: ['tmux'] })('--line in the status bar of tmux: no terminal, no keys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
  const line = `${process.execPath} ${PROGRAM} pane --line sim:demo other=sim:second ${CALM.join(' ')}`;
  const settings = [
    // That of a system's user runs nothing.
    'set -g default-shell /bin/sh',
    'set -g status-interval 1',
    'set -g status-right-length 80',
    `set -g status-right "#(${line})"`,
  ];
  writeFileSync(join(folder, 'tmux.conf'), `${settings.join('\n')}\n`);
  const tmux = ['-L', `migwatch-line-${process.pid}`];
  const screen = openScreen([], {
    ...{ cols: 100, rows: 6 },
    enter: () => ['tmux', ...tmux, '-f', join(folder, 'tmux.conf'), 'new-session', 'sleep 120'],
  });
  try {
    await screen.waitFor(/■ 0 ▲ 0 ● 2 · no events yet/);
    const row = screen
      .text()
      .split('\n')
      .findIndex(text => text.includes('● 2'));
    assert.is(screen.terminal.colorAt(row, screen.line(row).indexOf('●')), 2, 'green of tmux');
  } finally {
    spawnSync('tmux', [...tmux, 'kill-server']);
    rmSync(folder, { recursive: true });
  }
});

test('--line writes a line only when it changes, and ends when its reader is gone', async () => {
  const { code, stdout, stderr } = await migwatch(['pane', '--line', 'sim:demo', ...CALM, '-d', '4s']);
  assert.is(code, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.equal([...new Set(lines)], lines);
  assert.match(lines.at(-1)!, /● 1.* no events yet$/);
});

test.run();
