import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'migwatch-lab-';

/** Makes a private folder for sockets and images, and removes the folders of labs that were killed. */
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

/** Any user may create a folder of such a name, and put links into it while root removes it. */
function isOurs(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.isDirectory() === true && there.uid === process.getuid!();
}
