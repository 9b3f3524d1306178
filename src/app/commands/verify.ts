import { readFileSync, statSync } from 'node:fs';
import { printable } from '../../core/format/text.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { Verdict } from '../../output/share/signature.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const verify: Command = {
  name: 'verify',
  summary: 'check who signed a shared page, when, and that it was not changed',
  usage: 'FILE.html',
  flags: ['key'],
  run,
};

/** A page of the most samples has a tenth of this. */
const MAX_BYTES = 512 * 1024 * 1024;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length !== 1) throw new UsageError('verify takes one FILE.html that migwatch share made');
  const { fingerprintOfPem, verdictOn } = await import('../../output/share/signature.js');
  const { openDestination } = await import('../../output/destination.js');
  const [file, key] = [words[0]!, flags.key as string | undefined];
  const expected = await asUsage(() =>
    key === undefined || FINGERPRINT.test(key) ? key : fingerprintOfPem(read(key)),
  );
  const verdict = verdictOn(await asUsage(() => Buffer.from(readBytes(file))));
  const isOther = verdict.state === 'signed' && expected !== undefined && verdict.fingerprint !== expected;
  const lines = [`${printable(file)}: ${headline(verdict, expected)}`, ...details(verdict, expected)];
  await openDestination().fill(write => write(`${lines.join('\n')}\n`));
  if (verdict.state === 'signed' && !isOther) return CODES.done;
  io.say(`${printable(file)} is not verified`);
  return CODES.unverified;
}

function headline(verdict: Verdict, expected: string | undefined): string {
  if (verdict.state === 'unsigned') return 'NOT SIGNED: anybody may have made or changed it';
  if (verdict.state === 'changed') return `REFUSED: ${verdict.why}`;
  if (expected !== undefined && verdict.fingerprint !== expected)
    return 'REFUSED: signed by another key than the expected one';
  return 'signed, and unchanged since';
}

function details(verdict: Verdict, expected: string | undefined): string[] {
  if (verdict.state !== 'signed') return [];
  const { fingerprint, at, bytes, sha256 } = verdict;
  const isSame = expected === fingerprint;
  return [
    `  signed by  ${fingerprint} (Ed25519)`,
    ...(expected !== undefined && !isSame ? [`  expected   ${expected}`] : []),
    `  at         ${at}, by the clock of the signer`,
    `  over       the whole page but its last line: ${bytes} bytes, SHA-256 ${sha256}`,
    ...(expected === undefined
      ? ['  compare the fingerprint with the one that the signer gave you by another way, or add --key']
      : []),
  ];
}

function read(path: string): string {
  return readBytes(path).toString('utf8');
}

function readBytes(path: string): Buffer {
  const stats = statSync(path);
  if (!stats.isFile())
    throw new Error(`${printable(path)}: not a regular file; expected one that migwatch share wrote`);
  if (stats.size > MAX_BYTES)
    throw new Error(`${printable(path)}: longer than ${MAX_BYTES} bytes: not a shared page`);
  return readFileSync(path);
}
