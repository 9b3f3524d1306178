import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'migwatch-lab-';

/** A folder of our own for sockets and images. Clears away those whose owners were killed before they could. */
export function scratchFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.match(/^migwatch-lab-(\d+)-/)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`) && isOurs(join(tmpdir(), name)))
      remove(join(tmpdir(), name));
  }
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Anybody may give a folder such a name, and lay links into it while it is cleared away by root. */
function isOurs(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.isDirectory() === true && there.uid === process.getuid!();
}
