import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CLI, Headless } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { exitOf } from '../support/run.js';
import { closeScreens, openScreen, type Screen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';
import { sideBySide } from '../support/side-by-side.js';

const test = sideBySide(suite('record and replay'), 4);
const folder = mkdtempSync(join(tmpdir(), 'migwatch-replay-'));
const recording = join(folder, 'night.jsonl');
const SIM = ['--probe', 'sim:first=3s'];

const shared = sharedProgram();
/** In a process of its own where `program` is given, which runs it. */
const replay = async (args: string[], program?: string[]) => {
  const words = ['replay', ...args];
  const { code, stdout, stderr } = program
    ? await exitOf([...program, process.execPath, CLI, ...words])
    : await shared(words);
  return { status: code, stderr, lines: stdout.split('\n').filter(Boolean) };
};
/** All but the first line and the last, which tell when the session began and ended. */
const told = (lines: readonly string[]) => lines.slice(1, -1);
const eventsAndLights = (lines: readonly string[]) =>
  lines.filter(line => /^{"type":"(event|light)"/.test(line));
let live: string[] = [];

test.before(async () => {
  const monitor = Headless.start([
    'sim:demo',
    '127.0.0.1',
    ...SIM,
    '-d',
    '12s',
    '--samples',
    '--hold',
    '1s',
    `--record=${recording}`,
  ]);
  assert.is(await monitor.exit(), 0, monitor.errors);
  live = monitor.lines.map(line => JSON.stringify(line));
});
test.after(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

test('a recording is the user’s own and complete', () => {
  assert.is(statSync(recording).mode & 0o777, 0o600);
  const lines = readFileSync(recording, 'utf8').trimEnd().split('\n');
  assert.is(JSON.parse(lines[0]!).format, 'migwatch-recording');
  assert.is(JSON.parse(lines.at(-1)!)[0], 'end');
});

for (const speed of ['max', '100', '7'])
  test(`a replay at speed ${speed} writes the same lines as the live run`, async () => {
    const { status, stderr, lines } = await replay([recording, '--headless', '--samples', '--speed', speed]);
    assert.is(status, 0, stderr);
    assert.ok(eventsAndLights(live).some(line => line.includes('"state":"closed"')));
    assert.ok(told(live).length > 400);
    assert.equal(told(lines), told(live));
    const summaries = [lines, live].map(all => JSON.parse(all.at(-1)!).targets);
    assert.equal(summaries[0], summaries[1]);
  });

test('another detector judges again, and --fail-on applies to its events', async () => {
  const blind = await replay([recording, '--detector', 'z-score', '--fail-on', 'unclear,migration']);
  assert.is(blind.status, 0, blind.stderr);
  assert.not.equal(eventsAndLights(blind.lines), eventsAndLights(live));
  const seeing = await replay([recording, '--fail-on', 'unclear,migration']);
  assert.is(seeing.status, 3);
});

needing(test, { commands: ['strace'] })('a replay opens no socket', async () => {
  const { status, lines, stderr } = await replay(
    [recording],
    ['strace', '-f', '-qq', '-e', 'trace=socket,connect,sendto'],
  );
  assert.is(status, 0);
  assert.ok(lines.length > 2);
  assert.not.match(stderr, /AF_INET|AF_PACKET|AF_NETLINK/);
});

const REFUSED: [string, string[], RegExp][] = [
  ['no recording', ['/no/such/file'], /there is no recording "\/no\/such\/file"/],
  ['two recordings', [recording, recording], /replay takes one RECORDING/],
  [
    'a speed out of range',
    [recording, '--speed', '2000'],
    /--speed must be between 0.1 and 1000, or max, not "2000"/,
  ],
  ['a flag of watch', [recording, '-i', '50ms'], /unknown flag of migwatch replay "--interval"/],
];
for (const [what, args, reason] of REFUSED)
  test(`refuses ${what} with 2`, async () => {
    const { status, stderr } = await replay(args);
    assert.is(status, 2);
    assert.match(stderr, reason);
  });

test('a file that is not a recording is refused with its line; a cut one is played to its last whole line', async () => {
  const cut = join(folder, 'cut.jsonl');
  const whole = readFileSync(recording);
  // In the middle of the row before the end line.
  writeFileSync(cut, whole.subarray(0, whole.lastIndexOf('\n', whole.length - 2) - 3));
  const partial = await replay([cut]);
  assert.is(partial.status, 0, partial.stderr);
  assert.match(partial.stderr, /the recording is incomplete: line \d+ is cut short/);
  writeFileSync(cut, 'PING 10.0.0.1\n');
  const other = await replay([cut]);
  assert.is(other.status, 2);
  assert.match(other.stderr, /line 1: this is not a recording/);
});

test('a recording of hostile words acts on no terminal', async () => {
  const evil = join(folder, 'evil.jsonl');
  const [first, ...rest] = readFileSync(recording, 'utf8').split('\n');
  const header = JSON.parse(first!);
  const hostile = { name: '\x1b]0;owned\x07', address: '\x9b31m', backend: '\x1b[5m' };
  header.tool = '\x1b[2J';
  header.host = '\x1b[2J';
  header.plan.detectors = [{ name: '\x1b[1mx', options: {} }];
  header.targets = header.targets.map((target: object) => ({ ...target, ...hostile }));
  writeFileSync(evil, [JSON.stringify(header), ...rest].join('\n'));
  const { status, lines, stderr } = await replay([evil]);
  assert.is(status, 0, stderr);
  assert.not.match(lines.join('') + stderr, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  const screen = openScreen(['replay', evil, '--speed', 'max'], { cols: 120, rows: 40 });
  await screen.waitFor(/REPLAY max paused/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.not.match(screen.raw(), /\x1b\]0;owned|\x9b|\x1b\[5m/);
});

async function open(cols: number, rows: number, args: string[] = []): Promise<Screen> {
  const screen = openScreen(['replay', recording, ...args], { cols, rows });
  await screen.waitFor(/REPLAY/);
  return screen;
}

test('the screen plays, pauses, steps, changes speed and jumps, and says so in every size', async () => {
  const screen = await open(120, 40);
  await screen.waitFor(/REPLAY 1x {3}/);
  screen.press(' ');
  const paused = await screen.waitFor(/REPLAY 1x paused/);
  await new Promise(done => setTimeout(done, 500));
  assert.is(screen.text(), paused, 'it stands still');
  screen.press('.');
  await screen.waitFor(text => text !== paused);
  screen.press('>');
  await screen.waitFor(/REPLAY 2x paused/);
  screen.press('<<');
  await screen.waitFor(/REPLAY 0.5x paused/);
  // The keys lead to the end, to events and to a time of day.
  screen.press('\x1b[F');
  const isAtEnd = (text: string) => /◆ \d\d:\d\d:\d\d *\n/.test(text);
  await screen.waitFor(text => isAtEnd(text) && /(migration\?|migration) .*blackout/.test(text));
  screen.press('[');
  const event = await screen.waitFor(/around \d\d:\d\d:\d\d/);
  const place = event
    .split('\n')
    .find(line => /▼ migration/.test(line))!
    .indexOf('▼');
  assert.ok(Math.abs(place - 53) <= 2, `column ${place} is in the middle of 9 to 98`);
  screen.press('\x1b[H');
  const start = await screen.waitFor(/\n \d\d:\d\d:\d\d ◆─/);
  const [, hours, minutes, seconds] = /(\d\d):(\d\d):(\d\d)\.\d{3} *\n/.exec(start)!.map(Number);
  const aim = new Date(Date.UTC(2000, 0, 1, hours, minutes, seconds! + 5, 250)).toISOString().slice(11, 23);
  screen.press('gnoon\r');
  await screen.waitFor(/go to HH:MM:SS.mmm: noon .*expected a time of day/);
  screen.press(`\x15${aim}\r`);
  await screen.waitFor(text => text.split('\n')[0]!.includes(aim));
  screen.resize(80, 24);
  await screen.waitFor(/^ migwatch .*REPLAY 0.5x/);
  screen.resize(40, 10);
  await screen.waitFor(/REPLAY 0.5x .*q quit/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.not(screen.terminal.alternate);
  assert.match(screen.terminal.scrollback(), /\ndemo SIMULATED +\d+/);
});

test('judged again, events stand next to the recorded ones, and a key returns to the log', async () => {
  const screen = await open(120, 40, ['--detector', 'z-score', '--speed', 'max']);
  // A busy machine may have had events of its own.
  await screen.waitFor(/[1-9]\d* of \d+ judged differently now/);
  await screen.waitFor(/recorded +judged now/);
  await screen.waitFor(/≠ \d\d:\d\d:\d\d\.\d{3} +demo.*migration\?? \d+ ms \d+ % .+ -/);
  screen.press('c');
  await screen.waitFor(/events, newest first ─/);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test('a bookmark is kept, listed by the next replay, and leads back; Left and Right move the paused replay', async () => {
  const first = await open(120, 40, ['--utc']);
  first.press(' ');
  await first.waitFor(/REPLAY 1x paused/);
  first.press('\x1b[F');
  const end = timeOn(await first.waitFor(/migration/));
  first.press('\x1b[D');
  const earlier = timeOn(await first.waitFor(text => timeOn(text) === end - 6000));
  first.press('b\x15the gap\r');
  first.press(',');
  await first.waitFor(text => timeOn(text) < earlier);
  first.press('q');
  assert.is(await first.exit, 0);
  const second = await open(120, 40, ['--utc']);
  second.press(' B');
  const [, at] = /1 +\d+ \w+ (\d\d:\d\d:\d\d\.\d{3}) +the gap/.exec(await second.waitFor(/1 .* the gap/))!;
  second.press('2\r');
  await second.waitFor(/expected a number from 1 to 1/);
  second.press('\x151\r');
  const back = timeOn(await second.waitFor(text => text.split('\n')[0]!.includes(at!)));
  assert.is(back, earlier);
  second.press('q');
  assert.is(await second.exit, 0);
});

/** The play position in the first line, in ms of its day. */
function timeOn(text: string): number {
  const [, ...parts] = /(\d\d):(\d\d):(\d\d)\.(\d{3}) UTC/.exec(text.split('\n')[0]!) ?? [];
  const [hours, minutes, seconds, ms] = parts.map(Number);
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000 + ms!;
}

test.run();
