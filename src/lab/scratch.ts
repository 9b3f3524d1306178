import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'migwatch-lab-';

/** A folder of our own for sockets and images. Clears away those whose owners were killed before they could. */
export function scratchFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.match(/^migwatch-lab-(\d+)-/)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) remove(join(tmpdir(), name));
  }
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
