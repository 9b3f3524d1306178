/** Readers of standard output that end, stall or cannot take what is written, and what becomes of the session. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeHeader, encodeRow } from '../../src/recording/format.js';
import { HEADER, readAll, scratch } from '../recording/session.js';
import { migwatch } from '../support/cli.js';
import { CLI, type Line, sleep } from '../support/headless.js';
import { exitOf } from '../support/run.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { sideBySide } from '../support/side-by-side.js';
import { until } from '../support/until.js';

const test = sideBySide(suite('standard output'), 3);
const folder = scratch();
const running = new Set<ChildProcess>();
test.after(() => {
  closeScreens();
  for (const child of running) child.kill('SIGKILL');
});

const MIB = 1024 * 1024;
/** More lines than a pipe holds, in a second: long ones, because bytes fill it and each line costs a reader the same. */
const MANY = [
  ...Array.from({ length: 10 }, (_, index) => `sim:vm${index}${'-'.repeat(200)}`),
  '-i',
  '5ms',
  '--detector',
  'loss',
  '--samples',
];
/** All that an ordinary session says as root. */
const QUIET = /^(migwatch: running as root.*\n)?$/;

/** A session whose standard output is the descriptor, or a pipe that is not read yet. */
function session(args: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const child = spawn(process.execPath, [CLI, 'watch', '--headless', ...args], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  let errors = '';
  child.stderr!.on('data', text => {
    errors += text;
  });
  running.add(child);
  const closed = once(child, 'close');
  child.on('exit', () => running.delete(child));
  return {
    child,
    stdout: child.stdout!,
    errors: () => errors,
    code: async (): Promise<number | null> => (await closed)[0],
  };
}

const linesOf = (stdout: Readable, take: (line: Line) => void) =>
  createInterface({ input: stdout }).on('line', text => take(JSON.parse(text)));

/** Every probe of every target has an outcome in the recording, and the end line counts them all. */
function assertWhole(file: string): number {
  const { samples, ending } = readAll(file);
  assert.equal(ending, { kind: 'complete' });
  const seqs = new Map<string, number[]>();
  for (const { target, seq, outcome } of samples)
    if (outcome.kind === 'reply' || outcome.kind === 'lost')
      seqs.set(target, [...(seqs.get(target) ?? []), seq]);
  for (const [target, sent] of seqs)
    assert.equal(
      [...new Set(sent)].sort((a, b) => a - b),
      Array.from({ length: Math.max(...sent) + 1 }, (_, seq) => seq),
      target,
    );
  return samples.length;
}

/** Reads its last bytes only: it is asked again and again of a file that grows. */
function isEnded(file: string): boolean {
  const descriptor = openSync(file, 'r');
  const end = Buffer.alloc(200);
  const length = readSync(descriptor, end, 0, end.length, Math.max(0, statSync(file).size - end.length));
  closeSync(descriptor);
  return /\n\["end",.*\n$/.test(end.toString('utf8', 0, length));
}

const spanOf = (file: string) => {
  const { samples } = readAll(file);
  return samples.at(-1)!.knownAt - samples[0]!.knownAt;
};

test('a recording outlives the reader of the lines, and says once that it is gone', async () => {
  const file = join(folder, 'reader.jsonl');
  const { stdout, errors, code } = session([
    ...['sim:demo', '-i', '10ms', '--samples', '-d', '2s'],
    `--record=${file}`,
  ]);
  await once(stdout, 'data');
  stdout.destroy();
  assert.is(await code(), 0);
  assert.is(errors().match(/the reader of standard output is gone; recording continues/g)?.length, 1);
  assertWhole(file);
  assert.ok(spanOf(file) > 1500, 'until the end of the session');
});

test('it outlives a reader of lines and messages, too', async () => {
  const file = join(folder, 'both.jsonl');
  const code = join(folder, 'code');
  const watch = `"${process.execPath}" "${CLI}" watch --headless sim:demo -i 10ms --samples -d 2s`;
  await exitOf(['sh', '-c', `(${watch} --record="${file}" 2>&1; echo $? >"${code}") | head -n 1`]);
  await until(() => existsSync(code) && statSync(code).size > 0, 'the session ended');
  assert.is((await exitOf(['cat', code])).stdout.trim(), '0');
  assertWhole(file);
});

test('a session that records nothing ends with its reader, quietly', async () => {
  const { stdout, errors, code } = session(['sim:demo', '--samples']);
  await once(stdout, 'data');
  stdout.destroy();
  assert.is(await code(), 0);
  assert.match(errors(), QUIET);
});

test('a reader that stalls costs lines, which are bounded, counted and reported, and no sample of the recording', async () => {
  const file = join(folder, 'stalled.jsonl');
  const { child, stdout, errors, code } = session([...MANY, `--record=${file}`]);
  await until(() => /read too slowly: dropping lines, samples first/.test(errors()), 'lines are dropped');
  await sleep(200);
  const lines: Line[] = [];
  let bytesBefore = 0;
  stdout.on('data', (bytes: Buffer) => {
    if (!lines.some(({ type }) => type === 'dropped')) bytesBefore += bytes.length;
  });
  linesOf(stdout, line => lines.push(line));
  const gap = () => lines.findIndex(({ type }) => type === 'dropped');
  await until(() => gap() >= 0 && lines.slice(gap()).some(({ type }) => type === 'sample'), 'lines go on');
  // The end of a session waits for its reader for a bounded time only: a busy machine's has to catch up first.
  await until(() => Date.now() - Date.parse(lines.at(-1)!.at) < 500, 'the reader has caught up');
  child.kill('SIGINT');
  assert.is(await code(), 130);
  assert.ok(bytesBefore < 5 * MIB, `${bytesBefore} bytes waited`);
  const dropped = lines.filter(({ type }) => type === 'dropped');
  const sum = (field: string) => dropped.reduce((total, line) => total + line[field], 0);
  const written = lines.filter(({ type }) => type === 'sample').length;
  assert.ok(sum('samples') > 0);
  assert.is(written + sum('samples'), assertWhole(file));
  for (const { from, to, at } of dropped) assert.ok(from <= to && to <= at);
  assert.match(errors(), new RegExp(`dropped ${sum('lines')} lines: standard output was read too slowly`));
  assert.is(lines[0]!.type, 'start');
  assert.is(lines.at(-1)!.type, 'summary');
});

test('a terminal that stalls holds neither the recording nor the end of a headless session', async () => {
  const file = join(folder, 'terminal.jsonl');
  const screen = openScreen(['watch', '--headless', ...MANY, `--record=${file}`]);
  await screen.waitFor(/sample/);
  screen.stall(true);
  await sleep(300);
  const before = statSync(file).size;
  await until(() => statSync(file).size > before + 200_000, 'the recording grows');
  const pid = screen.pid();
  process.kill(pid, 'SIGTERM');
  await until(() => isEnded(file), 'the recording is ended');
  screen.stall(false);
  assert.is(await screen.exit, 143);
  assertWhole(file);
});

test('a full device is reported as such and ends with 1; a recording continues', async () => {
  const full = openSync('/dev/full', 'w');
  const file = join(folder, 'full.jsonl');
  const words = /cannot write to standard output: no space left on device \(ENOSPC\)/;
  const lasting = session(['sim:demo', '-i', '10ms', '--samples', '-d', '2s', `--record=${file}`], full);
  const brief = session(['sim:demo', '--samples'], full);
  assert.is(await brief.code(), 1);
  assert.match(brief.errors(), words);
  assert.is(await lasting.code(), 1);
  assert.match(lasting.errors(), words);
  assertWhole(file);
  assert.ok(spanOf(file) > 1500, 'until the end of the session');
  for (const words of [['--help'], ['export', join(folder, 'full.jsonl')]]) {
    const child = spawn(process.execPath, [CLI, ...words], { stdio: ['ignore', full, 'pipe'] });
    assert.is(await exitCode(child), 1, words.join(' '));
  }
});

async function exitCode(child: ChildProcess): Promise<number | null> {
  return (await once(child, 'close'))[0];
}

test('a replay waits for a reader that is slow, and drops nothing', async () => {
  const notes = join(folder, 'notes.jsonl');
  const rows = [
    encodeRow({ type: 'stream', data: { index: 0, target: 'a', probe: 'icmp' } }),
    `[0,${HEADER.startedAt * 1000},500]\n`,
    ...Array.from({ length: 5000 }, (_, index) =>
      encodeRow({
        type: 'note',
        data: { at: HEADER.startedAt + index, text: `${index} ${'x'.repeat(500)}` },
      }),
    ),
  ];
  writeFileSync(notes, encodeHeader(HEADER) + rows.join(''));
  const args = ['replay', notes, '--headless', '--samples'];
  const { stdout: all } = await migwatch(args);
  const slow = `"${process.execPath}" "${CLI}" ${args.join(' ')} | (sleep 2; cat)`;
  assert.ok(all.length > 2 * MIB, 'more than waits before a replay is held');
  const { stdout } = await exitOf(['sh', '-c', slow]);
  assert.is(stdout, all);
});

test.run();
