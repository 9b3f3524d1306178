import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf } from '../../../src/sources/import/lines.js';
import { logsIn } from '../../../src/sources/import/log-folder.js';
import { scratch } from '../../recording/session.js';
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

test.run();
