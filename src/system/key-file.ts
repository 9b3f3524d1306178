import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { InputFile } from './input-file.js';

const CHUNK = 1024 * 1024;
/** A key has some hundred bytes. */
const MAX_KEY_BYTES = 64 * 1024;

/** A file that only its owner may read. Throws an Error for any other. */
export function readSecret(path: string): string {
  const stats = statSync(path);
  if (!stats.isFile())
    throw new Error('not a regular file; expected a key that migwatch share --keygen made');
  const { mode, size } = stats;
  if ((mode & 0o077) !== 0)
    throw new Error('others may read this key: run chmod 600 on it, or make a new one if they did');
  if (size > MAX_KEY_BYTES) throw new Error(`longer than ${MAX_KEY_BYTES} bytes: it is not a key`);
  return readFileSync(path, 'utf8');
}

/** The SHA-256 of a file of any length, in hexadecimal. */
export function hashOfFile(path: string): string {
  const file = new InputFile(path);
  try {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(CHUNK);
    for (let count = file.read(piece, 0, CHUNK); count > 0; count = file.read(piece, 0, CHUNK))
      hash.update(piece.subarray(0, count));
    return hash.digest('hex');
  } finally {
    file.close();
  }
}
