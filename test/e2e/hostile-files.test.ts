import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER, scratch } from '../recording/session.js';
import { migwatch } from '../support/cli.js';
import { Headless } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';

const folder = scratch();
const test = suite('hostile files');
const shared = sharedProgram();
test.after.each(closeScreens);

const recordingOf = (name: string, ...rows: readonly unknown[][]): string => {
  const path = join(folder, name);
  const header = { format: 'migwatch-recording', version: 1, ...HEADER };
  writeFileSync(path, [header, ...rows].map(row => `${JSON.stringify(row)}\n`).join(''));
  return path;
};
const STREAM = ['stream', { index: 0, target: 'a', probe: 'icmp' }];
const ordinary = Array.from({ length: 100 }, () => [0, 50_000, 500]);
const quiet = recordingOf('quiet.jsonl', STREAM, [0, HEADER.startedAt * 1000, 500], ...ordinary);

/** Wherever a file may be named. */
const READERS: Record<string, (path: string) => string[]> = {
  targets: path => ['-f', path],
  expected: path => ['sim:a', '--expect', path],
  settings: path => ['sim:a', '-c', path],
  'settings shown': path => ['config', '-c', path],
  detector: path => ['sim:a', '--detector', path],
  truth: path => ['analyze', quiet, '--truth', path],
  log: path => ['import', path],
  recording: path => ['replay', path],
  'recording of figures': path => ['analyze', path],
  record: path => ['sim:a', `--record=${path}`],
};

for (const path of ['/dev/zero', folder])
  test(`${path === folder ? 'a folder' : path} is refused at once, whatever flag names it`, async () => {
    for (const [what, words] of Object.entries(READERS)) {
      const run = await shared(words(path));
      assert.is(run.code, 2, `${what}: ${run.stderr}`);
      assert.match(run.stderr, /^migwatch: .{10,}/m, what);
    }
  });

const pipes = needing(test, { commands: ['mkfifo'] });
/** Begun first, for it takes its time. */
const silence = (() => {
  const pipe = join(folder, 'silent');
  spawnSync('mkfifo', [pipe]);
  return Promise.all([migwatch(['-f', pipe]), migwatch(['import', pipe])]);
})();

pipes('writers of notes come and go, and none keeps the session from its end', async () => {
  const pipe = join(folder, 'notes');
  spawnSync('mkfifo', [pipe]);
  const run = Headless.start(['--notes', pipe, 'sim:a']);
  for (const text of ['drained', 'moved']) {
    await run.until(({ type }) => type === 'start');
    writeFileSync(pipe, `${text}\n`);
    await run.until(line => line.type === 'note' && line.text === text);
  }
  assert.is(await run.end(), 130);
});

const LAST = 8.64e15;
const reply = (steps: number, fields: object) => [0, 50_000, 500, 'reply', steps, { rttMs: 1, ...fields }];
const NUMBERS: Record<string, readonly unknown[][]> = {
  'the last moment there is': [reply(1, { at: LAST, knownAt: LAST })],
  'the first moment there is': [reply(1, { at: -LAST, knownAt: -LAST })],
  'the highest number there is': [reply(Number.MAX_SAFE_INTEGER - 200, {})],
  'a round trip without end': [reply(1, { rttMs: 1.7e308 })],
};

for (const [what, rows] of Object.entries(NUMBERS))
  test(`a recording of ${what} is shown, and left by q`, async () => {
    const path = recordingOf(
      'numbers.jsonl',
      STREAM,
      [0, HEADER.startedAt * 1000, 500],
      ...rows,
      ...ordinary,
    );
    const env = { XDG_CACHE_HOME: join(folder, 'numbers'), TZ: 'Asia/Tokyo' };
    const screen = openScreen(['replay', path, '--speed', 'max'], { env });
    await screen.waitFor(/REPLAY/);
    screen.press('q');
    assert.is(await screen.exit, 0);
    assert.not.match(screen.raw(), /undefined|NaN|Infinity/);
  });

test('more targets than anybody watches are refused before they cost anything', async () => {
  const streams = Array.from({ length: 50_000 }, (_, index) => [
    'stream',
    { index, target: `${index}`, probe: 'icmp' },
  ]);
  const run = await shared(['analyze', recordingOf('many.jsonl', ...streams)]);
  assert.match(run.stdout, /DAMAGED at line 40002 .*more than 40000 streams/);
  const list = join(folder, 'many');
  writeFileSync(list, Array.from({ length: 10_001 }, (_, index) => `h${index}`).join('\n'));
  const watched = await shared(['-f', list, '-i', '1h']);
  assert.match(watched.stderr, /10001 targets are too many for one migwatch/);
});

test('huge texts: a complaint keeps its beginning and its advice', async () => {
  const list = join(folder, 'long');
  writeFileSync(list, 'a'.repeat(5_000_000));
  const { stderr } = await shared(['-f', list]);
  assert.ok(stderr.length < 10_000, `${stderr.length} characters`);
  assert.match(stderr, /"aaa.* … a.* is not a target: write host/);
});

test('what is nested too deep to be written again is damage, and no reader fails of it', async () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const nested = join(folder, 'nested.jsonl');
  const note = JSON.stringify(['note', { at: HEADER.startedAt, text: '"[[' }]);
  const lines = [note.replace('}', `,"more":${deep}}`), `["unheard",${deep}]`, deep, note];
  writeFileSync(nested, `${readFileSync(quiet, 'utf8')}${lines.join('\n')}\n`);
  const headless = ['replay', '--headless', nested];
  const outputs = await Promise.all(
    [['analyze', nested], headless, ['report', nested], ['export', nested]].map(words => shared(words)),
  );
  for (const { code, stdout, stderr } of outputs) {
    assert.is(code, 0, stderr);
    assert.match(stdout + stderr, /damaged at line 104 \(.*nested more than 100 deep/i);
  }
  assert.match(outputs[3]!.stdout, /"text": ?"\\"\[\["/, 'what follows is read');
  writeFileSync(nested, readFileSync(quiet, 'utf8').replace('{', `{"more":${deep},`));
  const header = await shared(['replay', '--headless', nested]);
  assert.is(header.code, 2);
  assert.match(header.stderr, /line 1: .*nested more than 100 deep/);
});

test('a recording is its owner’s alone, and goes through no link', async () => {
  const [victim, link] = [join(folder, 'victim'), join(folder, 'link.jsonl')];
  symlinkSync(victim, link);
  const refused = await shared(['sim:a', '-d', '100ms', `--record=${link}`]);
  assert.is(refused.code, 2);
  const replaced = await shared(['sim:a', '-d', '100ms', '--force', `--record=${link}`]);
  assert.is(replaced.code, 0, replaced.stderr);
  assert.ok(lstatSync(link).isFile(), 'the link itself was replaced');
  assert.is(lstatSync(link).mode & 0o777, 0o600);
  assert.throws(() => readFileSync(victim), /ENOENT/);
});

test('a cache that others may write is not used', async () => {
  const cache = join(folder, 'cache', 'migwatch');
  mkdirSync(cache, { recursive: true });
  const replay = async (mode: number) => {
    chmodSync(cache, mode);
    const env = { XDG_CACHE_HOME: join(folder, 'cache') };
    await openScreen(['replay', '--headless', quiet], { env }).exit;
    return readdirSync(cache).length;
  };
  assert.is(await replay(0o777), 0);
  assert.is(await replay(0o700), 2);
});

pipes('a pipe that nobody writes into is refused in words', async () => {
  for (const { code, stderr } of await silence) {
    assert.is(code, 2);
    assert.match(stderr, /no process writes into this pipe/);
  }
});

test.run();
