import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Millis, TargetId } from '../core/sample.js';

/** The working directory and environment, which decide where a user's files go. */
export interface Surroundings {
  cwd: string;
  env: Record<string, string | undefined>;
}

const HERE: Surroundings = { cwd: process.cwd(), env: process.env };

/** The folder of recordings: the given one, else `./recordings` in a checkout, else the user's state folder. */
export function recordingsFolder(named: string | undefined, { cwd, env }: Surroundings = HERE): string {
  if (named !== undefined) return named;
  if (isCheckout(cwd)) return join(cwd, 'recordings');
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'migwatch', 'recordings');
}

/** The folder for files that can be made again. */
export function cacheFolder({ env }: Surroundings = HERE): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'migwatch');
}

/** The name of a recording that the user did not name, such as `2026-11-21T10-00-00Z-vm.jsonl`. */
export function ownName(startedAt: Millis, firstTarget: TargetId): string {
  const time = new Date(startedAt).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  const target = firstTarget
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return `${time}-${target || 'target'}.jsonl`;
}

/** The same name with a number before its extension, for a name that is taken. */
export function numbered(path: string, number: number): string {
  return number === 1 ? path : path.replace(/(\.jsonl)?$/, extension => `-${number}${extension}`);
}

function isCheckout(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === 'migwatch';
  } catch {
    return false; // missing or unreadable, so this is not a checkout
  }
}
