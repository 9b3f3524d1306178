import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../core/format/nearest-name.js';
import { recordingsFolder } from './folder.js';

/** The file that RECORDING names: a path, or a name in the folder of recordings. Throws a RangeError if there is neither. */
export function locateRecording(word: string, dir?: string): string {
  if (existsSync(word)) return word;
  const folder = recordingsFolder(dir);
  const kept = [word, `${word}.jsonl`].map(name => join(folder, name)).find(existsSync);
  if (kept !== undefined) return kept;
  const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.jsonl')) : [];
  const guess = nearest(word, names);
  throw new RangeError(
    `there is no recording "${word}", neither as a file nor in ${folder}.${guess ? ` Did you mean "${guess}"?` : ''}`,
  );
}

/** Runs `body`. An error of it gets the path in front of its message. */
export async function about<T>(path: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
