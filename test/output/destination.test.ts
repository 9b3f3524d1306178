/** Files that a command writes: what has the name before, and what is left when the writing fails. */

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratch } from '../recording/session.js';
import { migwatch } from '../support/cli.js';
import { CLI } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { closeScreens, openScreen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';

const test = suite('destination');
const shared = sharedProgram();
test.after(closeScreens);
const HELD = 'recordings/lan-held.jsonl';
const LOG =
  'PING a (192.0.2.1) 56(84) bytes of data.\n[1795225031.291600] 64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=1.00 ms\n';
const log = join(scratch(), 'a.ping.log');
writeFileSync(log, LOG);

/** Every command that writes a file, given its path; a session has a process of its own. */
const WRITERS: [name: string, args: (path: string) => string[], run?: typeof shared][] = [
  ['report', path => ['report', HELD, '-o', path]],
  ['export', path => ['export', HELD, '-o', path]],
  ['import', path => ['import', log, '-o', path]],
  ['config', path => ['config', '--init', '-c', path]],
  ['recording', path => ['watch', '--headless', 'sim:demo', '-d', '200ms', `--record=${path}`], migwatch],
];

for (const [name, args, run = shared] of WRITERS) {
  test(`${name} replaces a symbolic link, and not what it points to`, async () => {
    const folder = scratch();
    const [target, link] = [join(folder, 'target'), join(folder, 'link.jsonl')];
    writeFileSync(target, 'precious');
    symlinkSync(target, link);
    assert.is((await run(args(link))).code, 2, 'a link is a name that is taken');
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.is((await run([...args(link), '--force'])).code, 0);
    assert.is(readFileSync(target, 'utf8'), 'precious');
    assert.ok(lstatSync(link).isFile());
    assert.ok(statSync(link).size > 100);
    assert.is(statSync(link).mode & 0o777, 0o600);
    assert.equal(
      readdirSync(folder).filter(file => !file.endsWith('.lock')),
      ['link.jsonl', 'target'],
      'no draft is left',
    );
  });

  test(`${name} leaves a pipe, or a device, as it is`, async () => {
    const pipe = join(scratch(), 'pipe');
    spawnSync('mkfifo', [pipe]);
    const { code, stderr } = await run([...args(pipe), '--force']);
    assert.is(code, 2);
    assert.match(stderr, /pipe is not a regular file: choose another name/);
    assert.ok(lstatSync(pipe).isFIFO());
  });
}

test('a document that is replaced keeps its permissions, a recording is always its owner’s alone', async () => {
  const folder = scratch();
  const [page, recording] = [join(folder, 'page.html'), join(folder, 'a.jsonl')];
  for (const path of [page, recording]) {
    writeFileSync(path, 'old');
    chmodSync(path, 0o664);
  }
  await shared(['report', HELD, '-o', page, '--force']);
  await shared(['import', log, '-o', recording, '--force']);
  assert.is(statSync(page).mode & 0o777, 0o664);
  assert.is(statSync(recording).mode & 0o777, 0o600);
});

test('a document for a terminal, or for a file that exists, is refused before the recording is read', async () => {
  const damaged = join(scratch(), 'damaged.jsonl');
  // A reader would complain about the row after the header.
  writeFileSync(damaged, `${readFileSync(HELD, 'utf8').split('\n', 1)[0]}\n[999,1\n`);
  for (const command of ['report', 'share']) {
    const screen = openScreen([command, damaged]);
    await screen.exit;
    assert.match(
      screen.text().replace(/\s+/g, ' '),
      /does not fit a terminal: name a file with -o damaged\.html/,
    );
    assert.not.match(screen.text(), /reading \[|damaged row/);
    const { code, stderr } = await shared([command, damaged, '-o', HELD]);
    assert.is(code, 2);
    assert.match(stderr, /lan-held\.jsonl exists: choose another name/);
  }
});

/** Each writes more than the disk below has. */
const LARGE: [name: string, args: string][] = [
  ['export', `export "${HELD}" -o`],
  ['import', `import "${largeLog()}" -o`],
];

function largeLog(): string {
  const path = join(scratch(), 'large.ping.log');
  const replies = Array.from(
    { length: 60_000 },
    (_, seq) =>
      `[${1795225031 + seq}.2916] 64 bytes from 192.0.2.1: icmp_seq=${seq + 1} ttl=64 time=1.00 ms\n`,
  );
  writeFileSync(path, `${LOG.split('\n', 1)[0]}\n${replies.join('')}`);
  return path;
}

for (const [name, args] of LARGE)
  needing(test, { root: true, commands: ['unshare'] })(
    `an ${name} that fills the disk leaves the file that it was to replace, and nothing else`,
    () => {
      // The mount is the namespace's own and ends with it.
      const script = [
        'mount -t tmpfs -o size=256k none /mnt && echo old >/mnt/out.jsonl',
        `"${process.execPath}" "${CLI}" ${args} /mnt/out.jsonl --force; echo "code $?"`,
        'cat /mnt/out.jsonl; ls -A /mnt',
      ].join('\n');
      const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8' });
      assert.match(stdout, /^code [12]\nold\nout.jsonl\n$/);
      assert.match(stderr, /no space left on device/);
    },
  );

test.run();
