import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migwatch } from '../../support/cli.js';
import { gcpServer } from '../../support/metadata-server.js';
import { PROGRAM } from '../../support/screen.js';

const test = suite('migwatch guest');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
test.after(() => rmSync(folder, { recursive: true }));

test('it writes what is announced, what is seen, and what both say together', async () => {
  const page = Buffer.alloc(112);
  page.writeUInt32LE(0x4b4c4356, 0);
  page.writeUInt16LE(1, 8);
  const path = join(folder, 'vmclock0');
  writeFileSync(path, page);
  const cloud = await gcpServer();
  const args = ['guest', '--source', `vmclock=${path}`, '--source', `gcp=${cloud.url}`];
  const program = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(program, 'close');
  const lines = [];
  for await (const text of createInterface(program.stdout)) {
    const line = JSON.parse(text);
    lines.push(line);
    // Both are watched from the second line on.
    if (lines.length === 2) cloud.set('MIGRATE_ON_HOST_MAINTENANCE');
    if (line.finding === 'announced') {
      page.writeBigUInt64LE(9n, 16);
      writeFileSync(path, page);
    }
    if (line.finding === 'verdict') program.kill('SIGINT');
  }
  const [code] = await ended;
  cloud.close();
  assert.is(code, 130);
  assert.equal([lines[0].type, lines[0].sources.slice(0, 2)], ['start', ['vmclock', 'gcp']]);
  const found = lines.slice(2).filter(({ source }) => source === 'vmclock' || source === 'gcp');
  assert.equal(
    found.map(({ type, source, finding, verdict = '' }) => [type, source, finding, verdict].join(' ').trim()),
    ['guest gcp announced', 'guest vmclock disrupted', 'guest vmclock verdict announced-and-seen'],
  );
});

test('an unknown source and a TARGET are wrong usage, in words', async () => {
  const [unknown, target] = await Promise.all([
    migwatch(['guest', '--source', 'gpc']),
    migwatch(['guest', '10.0.0.1']),
  ]);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, /"?gpc"?.*gcp/);
  assert.is(target.code, 2);
  assert.match(target.stderr, /takes no TARGET/);
});

test.run();
