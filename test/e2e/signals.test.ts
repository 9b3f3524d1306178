import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeHeader, encodeRow } from '../../src/recording/format.js';
import { HEADER, scratch } from '../recording/session.js';
import { inLanes, migwatch } from '../support/cli.js';
import { CLI, sleep } from '../support/headless.js';
import { PATIENCE_MS, until } from '../support/until.js';

const folder = scratch();
const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
const test = suite('signals while a file is read');

const STREAM = encodeRow({ type: 'stream', data: { index: 0, target: 'a', probe: 'icmp' } });
const FIRST = `[0,${HEADER.startedAt * 1000},500]\n`;
const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/**
 * A disturbance without end: judging it takes long. Its rows are long too, because a signal is handled between two chunks of
 * a file, and judging all that is in one would be most of this test.
 */
const disturbed = written(
  'disturbed.jsonl',
  encodeHeader(HEADER) +
    STREAM +
    FIRST +
    '[0,50000,500]\n'.repeat(2000) +
    `[0,50000,1000,"lost",1,{"reason":"timeout","from":"${'x'.repeat(400)}"}]\n[0,50000,90000]\n[0,50000,500]\n`.repeat(
      60_000,
    ),
);
const log = written(
  'long.ping.log',
  Array.from(
    { length: 400_000 },
    (_, index) =>
      `[${1_795_225_031 + index}.5] 64 bytes from 10.0.0.7: icmp_seq=${index % 65_536} ttl=64 time=1 ms\n`,
  ).join(''),
);

const COMMANDS: Record<string, string[]> = {
  replay: ['replay', '--headless', disturbed],
  analyze: ['analyze', disturbed],
  report: ['report', disturbed],
  export: ['export', disturbed],
  recordings: ['recordings', 'list', '--dir', folder],
  import: ['import', log, '-o', join(folder, 'imported.jsonl'), '--force'],
};
const ENDS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Resolves some moments after the process has opened one of the files. */
async function reading(pid: number): Promise<void> {
  const open = () => readdirSync(`/proc/${pid}/fd`).map(name => readlinkSync(`/proc/${pid}/fd/${name}`));
  const isReading = () => {
    try {
      return open().some(path => path.startsWith(folder));
    } catch {
      return false; // A descriptor was closed between the two calls, or the process ended.
    }
  };
  await until(isReading, 'it reads');
  await sleep(100);
}

/** How a shell tells the end of a process: 128 and the signal's number where that killed it. */
async function ended(
  words: readonly string[],
  signal: keyof typeof ENDS,
  ready: (pid: number) => Promise<unknown>,
) {
  const child = spawn(process.execPath, [CLI, ...words], { stdio: ['ignore', 'ignore', 'ignore'], env });
  const end = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const limit = setTimeout(() => child.kill('SIGKILL'), 240_000);
  await Promise.race([ready(child.pid!), end]);
  child.kill(signal);
  const [code, killedBy] = await end;
  clearTimeout(limit);
  return killedBy === signal ? ENDS[signal] : (code ?? killedBy);
}

/** Every command gets one of the two: a signal is handled in one place for all commands. */
test('every command that reads one ends on a signal, with its code', async () => {
  await inLanes(
    Object.entries(COMMANDS).map(([name, words], index) => async () => {
      const signal = index % 2 === 0 ? 'SIGINT' : 'SIGTERM';
      assert.is(await ended(words, signal, reading), ENDS[signal], `${name} ${signal}`);
    }),
  );
});

test('a replay ends in the middle of a recording that holds nothing but rows', async () => {
  const light = encodeRow({
    type: 'light',
    data: { target: 'a', light: 'green', at: HEADER.startedAt, why: '' },
  });
  const rows = written('rows.jsonl', encodeHeader(HEADER) + STREAM + FIRST + light.repeat(40_000));
  const words = ['replay', '--headless', rows];
  // Its index is made once, so that the next replay begins at once.
  assert.is((await migwatch(words, '', PATIENCE_MS, env)).code, 0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = spawn(process.execPath, [CLI, ...words], { stdio: ['ignore', 'pipe', 'ignore'], env });
    const end = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill(signal);
    child.stdout.resume();
    assert.equal(await end, [ENDS[signal], null]);
  }
});

test.run();
