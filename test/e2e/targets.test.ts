import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { Headless, type Line } from '../support/headless.js';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('targets while a session runs');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-test-'));
test.after.each(closeScreens);
test.after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const told = ({ action, target, name }: Line) => `${action} ${name} ${target}`;
const said = async (monitor: Headless, text: RegExp) => {
  for (let tries = 0; !text.test(monitor.errors); tries++) {
    assert.ok(tries < 1500, `not said: ${text}\n${monitor.errors}`);
    await new Promise(done => setTimeout(done, 10));
  }
};
/** Node would say so, had the signal been its own. */
const DEBUGGER = /debugger/i;

test('SIGUSR1 reads the list again: lines, recording and replay show the added and removed targets', async () => {
  const list = file('list', 'a=127.0.0.2\nb=127.0.0.3\n');
  const recording = join(folder, 'session.jsonl');
  const monitor = Headless.start(['-f', list, '--samples', `--record=${recording}`]);
  const sampleOf = (target: string) => (line: Line) => line.type === 'sample' && line.target === target;
  await monitor.until(sampleOf('127.0.0.3'));
  writeFileSync(list, 'alpha=127.0.0.2\nc=127.0.0.4 # new\n');
  monitor.child.kill('SIGUSR1');
  await monitor.until(sampleOf('127.0.0.4'));
  writeFileSync(list, 'alpha=127.0.0.2\nhttp://no-target\n');
  monitor.child.kill('SIGUSR1');
  await said(monitor, /"http:\/\/no-target" is a stream: .*; nothing changed/);
  writeFileSync(list, '# nobody\n');
  monitor.child.kill('SIGUSR1');
  await said(monitor, /list contains no targets; nothing changed/);
  assert.is(await monitor.end(), 130);
  assert.match(monitor.errors, /list read again: 1 added, 1 removed/);
  assert.not.match(monitor.errors, DEBUGGER);
  const live = monitor.of('target').map(told);
  assert.equal(live.sort(), ['added c 127.0.0.4', 'changed alpha 127.0.0.2', 'removed b 127.0.0.3']);
  const left = monitor.lines.findIndex(({ action }) => action === 'removed');
  assert.is(monitor.lines.slice(left).filter(sampleOf('127.0.0.3')).length, 0, 'not a word afterwards');
  const echoes = monitor.lines.filter(sampleOf('127.0.0.2')).filter(({ probe }) => probe !== 'clock');
  const seqs = [...new Set<number>(echoes.map(({ seq }) => seq))].sort((one, other) => one - other);
  assert.equal(
    seqs,
    seqs.map((_, index) => seqs[0]! + index),
    'who stayed lost no slot',
  );
  const replayed = await migwatch(['replay', '--headless', recording]);
  const lines: Line[] = replayed.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(
    lines
      .filter(({ type }) => type === 'target')
      .map(told)
      .sort(),
    live,
  );
  assert.equal(
    lines.at(-1)!.targets.map(({ target }: Line) => target),
    ['127.0.0.2', '127.0.0.4'],
  );
  assert.match(
    readFileSync(recording, 'utf8'),
    /\n\["removed",\{"at":\d+(\.\d+)?,"target":"127\.0\.0\.3"\}\]\n/,
  );
});

test('without a list, or with one from standard input, the signal is answered and changes nothing', async () => {
  const without = Headless.start(['sim:a']);
  await without.until(({ type }) => type === 'start');
  without.child.kill('SIGUSR1');
  await said(without, /there is none: give one with -f FILE/);
  assert.is(await without.end(), 130);
  assert.not.match(without.errors, DEBUGGER);
  const piped = Headless.start(['sim:a', '-f', '-']);
  await piped.until(({ type }) => type === 'start');
  piped.child.kill('SIGUSR1');
  await said(piped, /standard input can't be read again: give the targets in a file; nothing changed/);
  assert.is(await piped.end(), 130);
});

test('after d the next in the list is chosen, so that d again removes that one', async () => {
  const names = ['one', 'two', 'three', 'four'];
  const screen = openScreen(
    names.map(name => `sim:${name}`),
    { cols: 120, rows: 40 },
  );
  await screen.waitFor(text => names.every(name => text.includes(`GREEN ${name}`)));
  screen.press('j');
  await screen.waitFor(/▸ ● GREEN two/);
  for (const [gone, next] of [
    ['two', 'three'],
    ['three', 'four'],
    ['four', 'one'],
  ]) {
    screen.press('d');
    await screen.waitFor(new RegExp(`remove ${gone}\\? y`));
    screen.press('y\r');
    await screen.waitFor(text => !text.includes(`GREEN ${gone}`) && text.includes(`▸ ● GREEN ${next}`));
  }
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test('a asks for a target and takes what the command line takes; d removes the chosen one after asking', async () => {
  const recording = join(folder, 'keys.jsonl');
  const screen = openScreen(['first=sim:a', `--record=${recording}`], { cols: 120, rows: 40 });
  await screen.waitFor(/● GREEN first/);
  // Between the steps a replay must have something to show.
  await sleep(700);
  screen.press('d');
  await screen.waitFor(/remove first\? y:/);
  screen.press('y\r');
  await screen.waitFor(/the last target can't be removed: press q to quit/);
  screen.press('\x1b');
  await screen.waitFor(text => !/remove first/.test(text));
  screen.press('a');
  await screen.waitFor(/add a target:/);
  screen.press('no host\r');
  await screen.waitFor(/"no host" is not a target/);
  screen.press('\x15second=sim:b\r');
  await screen.waitFor(/● GREEN second/);
  screen.press('a');
  screen.press('sim:b\r');
  await screen.waitFor(/sim:b is watched already/);
  screen.press('\x15gone=no-such-host.invalid\r');
  await screen.waitFor(/▲ AMBER gone/);
  await sleep(700);
  screen.press('d');
  await screen.waitFor(/remove first\? y:/);
  screen.press('maybe\r');
  await screen.waitFor(/type y to remove it, or press Esc/);
  screen.press('\x15y\r');
  await screen.waitFor(text => !/GREEN first/.test(text) && /GREEN second/.test(text));
  await sleep(700);
  screen.press('q');
  assert.is(await screen.exit, 0);
  // At its end the replay shows who was left, and at its beginning who was there.
  const replay = openScreen(['replay', '--speed', '0.5', recording], { cols: 120, rows: 40 });
  await replay.waitFor(/first SIM/);
  await replay.waitFor(text => !/second/.test(text));
  replay.press('\x1b[F');
  await replay.waitFor(text => /second/.test(text) && !/GREEN first/.test(text));
  replay.press('\x1b[H');
  await replay.waitFor(text => /first/.test(text) && !/second SIM/.test(text));
  process.kill(replay.pid(), 'SIGUSR1');
  replay.press('?');
  await replay.waitFor(/toggle help/);
  assert.not.match(replay.raw(), DEBUGGER);
});

test('a pane handles the signal too', async () => {
  const list = file('pane', 'a=sim:a\n');
  const pane = openScreen(['pane', '-f', list], { cols: 80, rows: 10 });
  await pane.waitFor(/● .*a/);
  writeFileSync(list, 'a=sim:a\nnewcomer=sim:b\n');
  process.kill(pane.pid(), 'SIGUSR1');
  await pane.waitFor(/newcomer/);
  assert.not.match(pane.raw(), DEBUGGER);
});

test.run();
