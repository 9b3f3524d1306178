import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf } from '../../../src/sources/import/lines.js';
import { logsIn } from '../../../src/sources/import/log-folder.js';
import { openLogs } from '../../../src/sources/import/open-logs.js';
import { scratch } from '../../recording/session.js';
import { CLI } from '../../support/headless.js';
import { needing } from '../../support/needs.js';

const folder = scratch();
const test = suite('compressed logs and folders');
const withGzip = needing(test, { commands: ['gzip'] });
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
process.env.TMPDIR = temporary;

withGzip('a compressed log has the lines of the log, and leaves no file behind', () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index}`);
  const path = join(folder, 'long.log.gz');
  writeFileSync(path, gzipSync(lines.join('\n')));
  assert.equal(
    [...linesOf(path)].map(({ text }) => text),
    lines,
  );
  assert.equal(readdirSync(temporary), []);
});

withGzip('a file that expands without end is refused', () => {
  const path = join(folder, 'bomb.log.gz');
  writeFileSync(path, gzipSync(`${'0'.repeat(60_000)}\n`.repeat(500)));
  assert.throws(() => [...linesOf(path)], /bomb\.log\.gz: it expands to more than 200 times its size/);
});

withGzip('a compressed log is refused when no process can be started', () => {
  const [path, programs] = [join(folder, 'one.log.gz'), join(folder, 'programs')];
  writeFileSync(path, gzipSync('line'));
  mkdirSync(programs);
  const mkfifo = execFileSync('sh', ['-c', 'command -v mkfifo'], { encoding: 'utf8' }).trim();
  symlinkSync(mkfifo, join(programs, 'mkfifo'));
  const options = { encoding: 'utf8', timeout: 20_000, env: { ...process.env, PATH: programs } } as const;
  const run = spawnSync(process.execPath, [CLI, 'import', '-o', join(folder, 'one.jsonl'), path], options);
  assert.is(run.signal, null, 'it does not wait for ever');
  assert.match(run.stderr, /one\.log\.gz: gzip could not be started/);
  assert.equal(readdirSync(temporary), []);
});

withGzip('of twenty compressed logs, sixteen at most are decompressed at once, and all are read', () => {
  const logs = join(folder, 'twenty');
  mkdirSync(logs);
  const paths = Array.from({ length: 20 }, (_, host) => {
    const lines = Array.from(
      { length: 2000 },
      (_, index) =>
        `[${(1795220700 + index / 20).toFixed(6)}] 64 bytes from 10.0.0.${host + 1}: icmp_seq=${index + 1} ttl=64 time=0.${100 + ((index * 37 + host) % 800)} ms`,
    );
    const path = join(logs, `${host}.log.gz`);
    writeFileSync(path, gzipSync(lines.join('\n')));
    return path;
  });
  let [most, samples] = [0, 0];
  for (const _ of openLogs(paths, { timeoutMs: 1000 }).entries)
    if (samples++ % 5000 === 0) most = Math.max(most, openPipes());
  assert.is(samples, 20 * 2000);
  assert.ok(most > 0 && most <= 16, `${most} pipes`);
  assert.equal(readdirSync(temporary), []);
});

/** The pipes from decompressors that this process reads. */
function openPipes(): number {
  return readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(temporary) && fstatSync(Number(fd)).isFIFO();
    } catch {
      return false;
    }
  }).length;
}

test('a link in a folder counts as the log that it leads to', () => {
  const [logs, there] = [join(folder, 'links'), join(folder, 'elsewhere.log')];
  mkdirSync(logs);
  copyFileSync('test/sources/import/corpus/busybox.log', there);
  symlinkSync(there, join(logs, 'here.log'));
  symlinkSync(join(folder, 'none'), join(logs, 'dangling.log'));
  assert.equal(logsIn(logs, assert.unreachable), [join(logs, 'here.log')]);
});

test('a folder is its logs, in the order of their names; what else it holds is named', () => {
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  for (const name of ['mtr.csv', 'busybox.log', 'prose.log'])
    copyFileSync(join('test/sources/import/corpus', name), join(logs, name));
  const told: string[] = [];
  assert.equal(
    logsIn(logs, text => told.push(text)),
    [join(logs, 'busybox.log'), join(logs, 'mtr.csv')],
  );
  assert.equal(told, [`${join(logs, 'prose.log')} is not a log: left out`]);
});

withGzip('a damaged log of a folder is named, what could be read of it counts, and so do the others', () => {
  const logs = join(folder, 'damaged');
  mkdirSync(join(logs, 'older'), { recursive: true });
  copyFileSync('test/sources/import/corpus/busybox.log', join(logs, 'a.log'));
  const stamps = Array.from({ length: 4000 }, (_, index) => {
    const at = (1795220700 + index / 20 + (index % 7) / 1000).toFixed(6);
    return `[${at}] 64 bytes from 10.0.0.9: icmp_seq=${index + 1} ttl=64 time=0.${100 + ((index * 37) % 800)} ms`;
  });
  const whole = gzipSync(['PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.', ...stamps].join('\n'));
  writeFileSync(join(logs, 'b.log.gz'), whole.subarray(0, whole.length * 0.8));
  writeFileSync(join(logs, 'c.log.gz'), whole.subarray(0, 4));
  const run = spawnSync(process.execPath, [CLI, 'import', '-o', join(folder, 'both.jsonl'), logs], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stderr, /older is a folder: left out/);
  assert.match(run.stderr, /c\.log\.gz: gzip reports that the file is damaged or cut: left out/);
  assert.match(run.stderr, /b\.log\.gz: gzip reports that the file is damaged or cut\n/);
  assert.ok(Number(/(\d+) samples of/.exec(run.stderr)![1]) > 2000, run.stderr);
  const alone = spawnSync(
    process.execPath,
    [CLI, 'import', '-o', join(folder, 'b.jsonl'), join(logs, 'b.log.gz')],
    { encoding: 'utf8', timeout: 20_000 },
  );
  assert.is(alone.status, 2);
});

test.run();
