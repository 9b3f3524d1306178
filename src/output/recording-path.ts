import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recordingsFolder } from '../recording/folder.js';

/** The file of that path, or the recording of that name among the user's own. */
export function existing(word: string): string {
  if (existsSync(word)) return word;
  const own = join(recordingsFolder(undefined), word.endsWith('.jsonl') ? word : `${word}.jsonl`);
  if (!/[/\\]/.test(word) && existsSync(own)) return own;
  throw new Error(`there is no recording "${word}": migwatch recordings lists them`);
}

/** Runs `body`; what it throws says which file it is about. */
export async function about<T>(path: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
