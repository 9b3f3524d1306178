import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpio } from '../../src/lab/cpio.js';
import { missing } from '../../src/lab/requirements.js';
import { remove, scratchFolder } from '../../src/lab/scratch.js';
import { needing } from '../support/needs.js';

const test = suite('guest');

needing(test, { commands: ['cpio'] })('the program cpio unpacks our archive as it was meant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpio-'));
  const odd = Buffer.from([0, 255, 10, 13, 7]);
  const archive = cpio([
    { path: 'bin/' },
    { path: 'bin/tool', content: odd },
    { path: 'empty', mode: 0o600 },
    { path: 'text', content: Buffer.from('four'), mode: 0o644 },
  ]);
  execFileSync('cpio', ['-id', '--quiet'], { cwd: folder, input: archive });
  const listed = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P %M %s\n'], { cwd: folder });
  const files = String(listed).trim().split('\n').sort();
  const content = execFileSync('cat', ['bin/tool', 'text'], { cwd: folder });
  rmSync(folder, { recursive: true });
  assert.equal(
    files.filter(line => !line.startsWith('bin ')),
    ['bin/tool -rwxr-xr-x 5', 'empty -rw------- 0', 'text -rw-r--r-- 4'],
  );
  assert.equal(content, Buffer.concat([odd, Buffer.from('four')]));
});

test('what is missing is named with the line that mends it', () => {
  const path = process.env.PATH;
  process.env.PATH = '/nonexistent';
  try {
    const line = missing().find(text => text.includes('qemu-system-x86_64'));
    assert.is(line, 'the program qemu-system-x86_64 (mend it: apt-get install qemu-system-x86)');
  } finally {
    process.env.PATH = path;
  }
});

test('the folder of a lab that was killed goes at the next start, a living one’s stays', () => {
  // Above what the kernel gives to a process.
  const dead = join(tmpdir(), `migwatch-lab-${2 ** 22 + 1}-x`);
  mkdirSync(dead, { recursive: true });
  writeFileSync(join(dead, 'socket'), '');
  const first = scratchFolder();
  const second = scratchFolder();
  assert.equal([dead, first, second].map(existsSync), [false, true, true]);
  for (const folder of [first, second]) remove(folder);
});

test.run();
