import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../support/cli.js';
import { Headless } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { sideBySide } from '../support/side-by-side.js';

const test = sideBySide(suite('recording'), 3);
const folder = mkdtempSync(join(tmpdir(), 'migwatch-record-'));
test.after(closeScreens);
test.after(() => rmSync(folder, { recursive: true }));

const rowsOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
const rows = (file: string, type: string) => rowsOf(file).filter(row => row[0] === type);

test('R starts and stops it in mid-session, n stores a note, r is recorded, and the status line shows it', async () => {
  const dir = join(folder, 'own');
  const screen = openScreen(['sim:demo', '--dir', dir], { cols: 120, rows: 40 });
  await screen.waitFor(/not recording/);
  screen.press('R');
  await screen.waitFor(/● recording (\S+ )?[\d.]+ k?B/);
  screen.press('n');
  await screen.waitFor(/note: .*Enter/);
  screen.press('q is for quit\r');
  await screen.waitFor(/● recording/);
  screen.press('r');
  await new Promise(done => setTimeout(done, 600));
  screen.press('R');
  await screen.waitFor(/not recording/);
  await screen.waitFor(/! recorded \d+ samples in /);
  screen.press('R');
  await screen.waitFor(/● recording/);
  screen.press('q');
  assert.is(await screen.exit, 0);
  assert.match(screen.terminal.scrollback(), /recorded \d+ samples in .*own/);
  const files = readdirSync(dir)
    .filter(name => name.endsWith('.jsonl'))
    .sort();
  assert.is(files.length, 2, 'the second has a name of its own');
  const first = join(dir, files.find(file => rows(join(dir, file), 'note').length > 0)!);
  assert.is(rows(first, 'note')[0][1].text, 'q is for quit');
  assert.is(rows(first, 'reset').length, 1);
  for (const file of files) assert.is(rows(join(dir, file), 'end').length, 1, 'ended as meant');
});

test('headless, -r gives it a name of its own and takes no target for a file name', async () => {
  const dir = join(folder, 'headless');
  const monitor = Headless.start(['-r', 'sim:demo', '--dir', dir, '-d', '500ms']);
  assert.is(await monitor.exit(), 0);
  const [file] = readdirSync(dir).filter(name => name.endsWith('.jsonl'));
  assert.match(file!, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-sim-demo\.jsonl$/);
  assert.match(monitor.errors, new RegExp(`recorded \\d+ samples in .*${file}`));
});

test('a file that exists is not overwritten but by force', async () => {
  const file = join(folder, 'taken.jsonl');
  writeFileSync(file, 'precious');
  const run = (...more: string[]) =>
    migwatch(['sim:demo', '--headless', '-d', '300ms', `--record=${file}`, ...more]);
  const refused = await run();
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /taken.jsonl exists: choose another name, or add --force/);
  assert.is(readFileSync(file, 'utf8'), 'precious');
  assert.is((await run('--force')).code, 0);
  assert.is(rows(file, 'end').length, 1);
});

for (const signal of ['SIGTERM', 'SIGHUP'] as const)
  test(`ended by ${signal}, it is complete`, async () => {
    const file = join(folder, `${signal}.jsonl`);
    const monitor = Headless.start(['sim:demo', '--samples', `--record=${file}`]);
    await monitor.until(line => line.type === 'sample' && line.seq > 5);
    await monitor.end(signal);
    assert.is(rows(file, 'end').length, 1);
  });

test('rows that no file takes end it with 1, counted, even when a signal ends it', async () => {
  const dir = join(folder, 'gone');
  const monitor = Headless.start(['sim:demo', '--samples', '-i', '10ms', `--record=${join(dir, 'a.jsonl')}`]);
  await monitor.until(line => line.type === 'sample' && line.seq > 5);
  rmSync(dir, { recursive: true });
  writeFileSync(dir, 'no folder any more');
  const { seq } = monitor.lines.at(-1)!;
  await monitor.until(line => line.type === 'sample' && line.seq > seq + 50);
  assert.is(await monitor.end('SIGINT'), 1);
  const [, count] = /(\d+) rows could not be written to .*a\.jsonl/.exec(monitor.errors)!;
  assert.ok(Number(count) > 20, monitor.errors);
});

needing(test, { root: true, commands: ['unshare'] })(
  'a disk that stays full ends it with 1, and the rows are counted',
  async () => {
    // The mount is the namespace's own and ends with it.
    const monitor = Headless.start(
      ['sim:a', 'sim:b', '-i', '2ms', '-d', '2s', '--record=/mnt/full.jsonl'],
      command => [
        'unshare',
        '-m',
        'sh',
        '-c',
        'mount -t tmpfs -o size=16k none /mnt && exec "$@"',
        'sh',
        ...command,
      ],
    );
    assert.is(await monitor.exit(), 1);
    assert.match(monitor.errors, /[1-9]\d* rows could not be written to \/mnt\/full.jsonl/);
    assert.is(monitor.lines.at(-1)!.type, 'summary', 'watching went on');
  },
);

test('a terminal that reads nothing keeps neither the recording nor the exit waiting', async () => {
  const file = join(folder, 'stalled.jsonl');
  const targets = Array.from({ length: 40 }, (_, index) => `sim:vm${index}`);
  const screen = openScreen([...targets, `--record=${file}`], { cols: 200, rows: 60 });
  await screen.waitFor(/● recording/);
  screen.stall(true);
  // Until what lies between us and the reader is full: frames of new figures do that.
  await new Promise(done => setTimeout(done, 6000));
  const pid = screen.pid();
  process.kill(pid, 'SIGTERM');
  const gone = () =>
    !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  const limit = Date.now() + 60_000;
  while (!gone() && Date.now() < limit) await new Promise(done => setTimeout(done, 50));
  assert.ok(gone(), 'it ended');
  assert.is(rows(file, 'end').length, 1);
});

test.run();
