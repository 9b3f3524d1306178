import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen, type Screen } from '../support/screen.js';
import { sideBySide } from '../support/side-by-side.js';

const test = sideBySide(suite('dashboard'), 4);
test.after(closeScreens);
const ARGV = ['sim:demo', 'other=sim:second'];

async function open(cols: number, rows: number, argv = ARGV, env = {}): Promise<Screen> {
  const screen = openScreen(argv, { cols, rows, env });
  await screen.waitFor(/GREEN[\s\S]*\d+ µs/);
  return screen;
}

const COLOUR = /\x1b\[[\d;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]/;
const dashboardOf = (screen: Screen) => /\x1b\[\?1049h[\s\S]*\x1b\[\?1049l/.exec(screen.raw())![0];

/** What every ending owes the terminal. */
function assertRestored(screen: Screen): void {
  const raw = screen.raw();
  assert.not(screen.terminal.alternate, 'the alternate screen is left');
  // A vt100 cannot hide it.
  assert.ok(raw.lastIndexOf('\x1b[?25h') >= raw.lastIndexOf('\x1b[?25l'), 'the cursor is shown');
  for (const mode of ['1000', '1006'])
    assert.ok(raw.lastIndexOf(`\x1b[?${mode}l`) > raw.lastIndexOf(`\x1b[?${mode}h`), 'the mouse is let go');
  const modes = /speed[\s\S]*/.exec(screen.terminal.scrollback())![0];
  for (const mode of ['icanon', 'echo', 'isig', 'icrnl', 'opost'])
    assert.match(modes, new RegExp(`(^|\\s)${mode}\\b`, 'm'), `${mode} is on again`);
}

test('120x40 shows every part, 80x24 most, 40x10 some; a storm of resizes ends in a right screen', async () => {
  const screen = await open(120, 40);
  const text = await screen.waitFor(/SIMULATED · RTT, last 60 s/);
  for (const part of [
    /migwatch \d/,
    /light +target +last +median +p99 +loss/,
    /── light ─/,
    /events, newest first/,
  ])
    assert.match(text, part);
  assert.match(text, /sim · every 50 ms · 40 packets\/s · not recording +q quit/);
  assert.match(text, /● GREEN/);
  assert.match(text, /lost │/);
  screen.resize(80, 24);
  await screen.waitFor(/^ migwatch[\s\S]*last +median +p99[\s\S]*not recording/);
  for (let step = 0; step < 30; step++) {
    screen.resize(60 + ((step * 37) % 100), 12 + ((step * 13) % 40));
    await new Promise(done => setTimeout(done, 5));
  }
  screen.resize(80, 24);
  const right = await screen.waitFor(
    shown => /not recording +q quit/.test(shown.split('\n')[23] ?? '') && /^ migwatch/.test(shown),
  );
  assert.is(right.match(/events, newest first/g)?.length, 1);
  screen.resize(40, 10);
  await screen.waitFor(/● GREEN demo SIMULATED +[\d.]+ [µm]s[\s\S]*no events yet[\s\S]*q quit/);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test('a migration turns the light red and comes to stand in the log; no colour where asked for', async () => {
  const screen = await open(80, 24, ['sim:demo', '--probe', 'sim:first=1s', '--no-color']);
  await screen.waitFor(/■ RED/);
  await screen.waitFor(/\d\d:\d\d:\d\d\.\d{3} +demo SIMULATED/);
  await screen.waitFor(/×/);
  screen.press('q');
  await screen.exit;
  assert.not.match(dashboardOf(screen), COLOUR);
  assert.match(screen.terminal.scrollback(), /\d\d +demo SIMULATED +(migration|migration\?) +\d+ ms/);
});

test('keys: help, freeze, target, span', async () => {
  const screen = await open(120, 40);
  screen.press('?');
  await screen.waitFor(/freeze screen, keep probing/);
  screen.press('?');
  await screen.waitFor(/events, newest first/);
  screen.press('j');
  await screen.waitFor(/▸ ● GREEN other/);
  screen.press('\x1b[A');
  await screen.waitFor(/▸ ● GREEN demo/);
  screen.press('-');
  await screen.waitFor(/last 120 s/);
  screen.press('u');
  await screen.waitFor(/\d\d:\d\d:\d\d UTC/);
  const colorOfLight = () => screen.terminal.colorAt(2, 2);
  const dark = colorOfLight();
  screen.press('t');
  await screen.waitFor(() => colorOfLight() !== dark);
  screen.press('h');
  await screen.waitFor(/RTT since the start/);
  screen.press('h');
  screen.press('\r');
  await screen.waitFor(text => !/events, newest first/.test(text));
  screen.press(' ');
  const frozen = await screen.waitFor(/FROZEN at/);
  await new Promise(done => setTimeout(done, 700));
  assert.is(screen.text(), frozen);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assertRestored(screen);
});

/** Every way to end a dashboard, each from another terminal; all other tests are about xterm-256color. */
const ENDINGS: { term: string; name: string; end(screen: Screen): void; code: number; summary: boolean }[] = [
  { term: 'screen-256color', name: 'q', end: screen => screen.press('q'), code: 0, summary: true },
  { term: 'tmux-256color', name: 'Ctrl-C', end: screen => screen.press('\x03'), code: 130, summary: true },
  { term: 'linux', name: 'SIGINT', end: screen => screen.kill('SIGINT'), code: 130, summary: true },
  { term: 'vt100', name: 'SIGTERM', end: screen => screen.kill('SIGTERM'), code: 143, summary: true },
  { term: 'xterm', name: 'SIGHUP', end: screen => screen.kill('SIGHUP'), code: 129, summary: false },
  { term: 'xterm-kitty', name: 'Ctrl-C', end: screen => screen.press('\x03'), code: 130, summary: true },
  {
    term: 'no-such-terminal',
    name: 'SIGTERM',
    end: screen => screen.kill('SIGTERM'),
    code: 143,
    summary: true,
  },
];

for (const { term, name, end, code, summary } of ENDINGS)
  test(`TERM=${term} shows it; ended by ${name}, it gives the terminal back, ${summary ? 'sums up' : 'says nothing'} and exits ${code}`, async () => {
    const screen = openScreen(ARGV, { env: { TERM: term } });
    const text = await screen.waitFor(/GREEN demo[\s\S]*\d+ [µu]s/);
    assert.not.match(text, /plab|%\?|%p1/);
    end(screen);
    assert.is(await screen.exit, code);
    assertRestored(screen);
    const left = screen.terminal.scrollback();
    assert.is(/\ndemo SIMULATED +\d+/.test(left), summary);
    assert.is(/sent +lost +loss/.test(left), summary);
  });

/** A user's detector with a mistake in it, which shows after a second. */
const BROKEN = `
export default {
  name: 'broken', summary: 'breaks', reads: ['reply'], options: {},
  create: () => {
    let seen = 0;
    return { observe: () => {
      if (++seen === 20) BREAK;
      return { state: 'calm', score: 0, threshold: 1, why: '' };
    } };
  },
};
`;

for (const [name, statement] of [
  ['an error thrown where a sample is handled', "throw new Error('oh no')"],
  ['an error thrown out of the blue', "setTimeout(() => { throw new Error('oh no'); })"],
] as const)
  test(`ended by ${name}, it gives the terminal back and says what happened`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
    const file = join(folder, 'broken.mjs');
    // The contract check that runs before a session gives a detector far more than 20 samples: it must pass there.
    writeFileSync(file, BROKEN.replace('BREAK', `if (process.stdin.isRaw) { ${statement}; }`));
    const screen = openScreen(['sim:demo', '--detector', file, '--dir', folder]);
    assert.is(await screen.exit, 1);
    assertRestored(screen);
    assert.match(screen.terminal.scrollback(), /migwatch: oh no/);
    rmSync(folder, { recursive: true });
  });

test('a stalled terminal stops the drawing and nothing else, and shows the right screen afterwards', async () => {
  const screen = await open(120, 40, ['sim:demo', '--probe', 'sim:loss=0,first=1h']);
  const probes = () => Number(/\ndemo SIMULATED +(\d+)/.exec(screen.terminal.scrollback())?.[1]);
  const started = Date.now();
  screen.stall(true);
  await new Promise(done => setTimeout(done, 4000));
  const before = screen.raw().length;
  screen.stall(false);
  await screen.waitFor(text => {
    const clock = /(\d\d):(\d\d):(\d\d) *$/m.exec(text.split('\n')[0] ?? '');
    if (!clock) return false;
    const shown = Date.UTC(2000, 0, 1, Number(clock[1]), Number(clock[2]), Number(clock[3]));
    const now = new Date();
    const actual = Date.UTC(2000, 0, 1, now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds());
    return Math.abs(actual - shown) <= 1000;
  });
  assert.ok(screen.raw().length - before < 200_000, 'no queue of frames was waiting');
  const watched = Date.now() - started;
  screen.press('q');
  assert.is(await screen.exit, 0);
  // 20 probes a second; a blocked loop would have lost some 80 of them.
  assert.ok(probes() > (watched / 50) * 0.7, `${probes()} probes in ${watched} ms`);
});

test('a dumb terminal gets lines instead, and the reason', async () => {
  const screen = openScreen(['sim:demo', '-d', '500ms'], { env: { TERM: 'dumb' }, cols: 200 });
  assert.is(await screen.exit, 0);
  assert.match(screen.raw(), /cannot move its cursor; writing lines instead/);
  assert.match(screen.raw(), /"type":"summary"/);
  assert.not.match(screen.raw(), /\x1b\[\?1049h/);
});

test('no colour, and ASCII, where the environment asks for it', async () => {
  const latin = openScreen(['sim:demo', '--theme', 'high-contrast'], { env: { LANG: 'C', NO_COLOR: '1' } });
  await latin.waitFor(/o GREEN demo/);
  latin.press('q');
  await latin.exit;
  assert.not.match(dashboardOf(latin), COLOUR);
  assert.not.match(dashboardOf(latin), /[^\x00-\x7f]/);
});

test.run();
