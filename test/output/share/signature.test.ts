import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratch } from '../../recording/session.js';
import { needing } from '../../support/needs.js';
import { sharedProgram } from '../../support/shared-program.js';

const HELD = 'recordings/lan-held.jsonl';
const folder = scratch();
const shared = sharedProgram();
const test = suite('signed pages');

const key = join(folder, 'key');
const page = join(folder, 'page.html');
const changed = join(folder, 'changed.html');
let fingerprint = '';

test.before(async () => {
  const made = await shared(['share', '--keygen', key]);
  assert.is(made.code, 0, made.stderr);
  fingerprint = made.stdout.trim();
  const { code, stderr } = await shared(['share', HELD, '--sign', key, '-o', page]);
  assert.is(code, 0, stderr);
});

test('a key is for its owner alone, is not replaced, and is not used if others may read it', async () => {
  assert.is(statSync(key).mode & 0o777, 0o600);
  const again = await shared(['share', '--keygen', key]);
  assert.equal([again.code, /exists: choose another name/.test(again.stderr)], [2, true]);
  const open = join(folder, 'open');
  copyFileSync(key, open);
  chmodSync(open, 0o644);
  const { code, stderr } = await shared(['share', HELD, '--sign', open]);
  assert.equal([code, /others may read this key: run chmod 600/.test(stderr)], [2, true]);
});

test('verify says who signed, when and what, with and without the expected key', async () => {
  for (const flags of [[], ['--key', `${key}.pub`], ['--key', fingerprint]]) {
    const { code, stdout } = await shared(['verify', page, ...flags]);
    assert.is(code, 0);
    assert.match(stdout, /page\.html: signed, and unchanged since\n/);
    assert.ok(stdout.includes(`signed by  ${fingerprint} (Ed25519)`));
    assert.match(stdout, /at +\d{4}-\d\d-\d\dT[\d:.]+Z, by the clock of the signer/);
    assert.is(/compare the fingerprint/.test(stdout), flags.length === 0);
  }
});

test('the page shows the fingerprint, the hash of the recording, and that it cannot prove its own signature', () => {
  const text = readFileSync(page, 'utf8');
  assert.ok(text.includes(`<code>${fingerprint}</code>`));
  assert.ok(text.includes('A page cannot prove its own signature'));
  assert.ok(text.includes(createHash('sha256').update(readFileSync(HELD)).digest('hex')));
});

needing(test, { commands: ['openssl'] })(
  'OpenSSL finds the same fingerprint, and the signature valid',
  () => {
    const der = spawnSync('openssl', ['pkey', '-pubin', '-in', `${key}.pub`, '-outform', 'DER']).stdout;
    const hash = createHash('sha256').update(der).digest('base64').replace(/=+$/, '');
    assert.is(`SHA256:${hash}`, fingerprint);
    const bytes = readFileSync(page);
    const line = bytes.subarray(bytes.lastIndexOf('<!-- migwatch-signature')).toString();
    const [, at, signature] = /at=(\S+) key=\S+ sig=(\S+)/.exec(line)!;
    const body = bytes.subarray(0, bytes.length - line.length);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const [text, sig] = [join(folder, 'statement'), join(folder, 'sig')];
    writeFileSync(text, `migwatch shared page, version 1\n${sha256}\n${at}\n`);
    writeFileSync(sig, Buffer.from(signature!, 'base64'));
    const words = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      `${key}.pub`,
      '-rawin',
      '-in',
      text,
      '-sigfile',
      sig,
    ];
    assert.is(spawnSync('openssl', words).status, 0);
  },
);

test('a changed byte anywhere is refused: in the page, the time, the key, the signature, or behind them', async () => {
  const bytes = readFileSync(page);
  const line = bytes.lastIndexOf('<!-- migwatch-signature');
  const places = [
    0,
    5000,
    Math.floor(line / 2),
    line - 2,
    line,
    line + 10,
    line + 30,
    line + 80,
    line + 150,
    bytes.length - 8,
  ];
  for (const place of places) {
    const copy = Buffer.from(bytes);
    copy[place] = copy[place]! ^ 1;
    writeFileSync(changed, copy);
    const { code, stdout } = await shared(['verify', changed]);
    assert.is(code, 4, `byte ${place}: ${stdout}`);
    assert.match(stdout, /REFUSED|NOT SIGNED/, `byte ${place}`);
  }
  for (const end of ['\n', '<script>alert(1)</script>', bytes.subarray(line).toString()]) {
    writeFileSync(changed, Buffer.concat([bytes, Buffer.from(end)]));
    assert.is((await shared(['verify', changed])).code, 4, JSON.stringify(end));
  }
});

test('the bits of the key and the signature that base64 does not use are refused if they differ', async () => {
  const text = readFileSync(page, 'latin1');
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (const last of [/.(?== sig=)/, /.(?=== -->\n$)/]) {
    const other = text.replace(last, digit => digits[digits.indexOf(digit) ^ 1]!);
    assert.is.not(other, text);
    writeFileSync(changed, other, 'latin1');
    const { code, stdout } = await shared(['verify', changed]);
    assert.equal([code, /REFUSED/.test(stdout)], [4, true], String(last));
  }
});

test('a page without a signature, or by another key, is not verified', async () => {
  const plain = join(folder, 'plain.html');
  assert.is((await shared(['share', HELD, '-o', plain])).code, 0);
  assert.ok(readFileSync(plain, 'utf8').includes('This page is not signed'));
  const unsigned = await shared(['verify', plain]);
  assert.equal(
    [unsigned.code, /NOT SIGNED: anybody may have made or changed it/.test(unsigned.stdout)],
    [4, true],
  );
  const other = join(folder, 'other');
  await shared(['share', '--keygen', other]);
  const { code, stdout } = await shared(['verify', page, '--key', `${other}.pub`]);
  assert.is(code, 4);
  assert.match(stdout, /REFUSED: signed by another key than the expected one/);
  assert.match(stdout, /expected {3}SHA256:/);
});

test('what is not a key, and what is not a file, is said', async () => {
  for (const words of [
    ['share', HELD, '--sign', HELD],
    ['verify', page, '--key', HELD],
    ['verify', join(folder, 'missing.html')],
    ['verify'],
    ['share', HELD, '--keygen', join(folder, 'unused')],
  ]) {
    const { code, stderr } = await shared(words);
    assert.is(code, 2, words.join(' '));
    assert.match(stderr, /expected|no such file|takes one|second run|chmod/, words.join(' '));
  }
});

test.run();
