import { closeSync, openSync, writeFileSync } from 'node:fs';

/** Where a document goes: standard output, or a file that is not replaced without `force`. */
export interface Destination {
  write(text: string): void;
  close(): void;
}

/** Throws when the file exists and was not to be replaced. */
export function openDestination(
  path: string | undefined,
  force: boolean,
  stdout: (text: string) => void,
): Destination {
  if (path === undefined) return { write: stdout, close: () => {} };
  try {
    const fd = openSync(path, force ? 'w' : 'wx', 0o600);
    return { write: text => writeFileSync(fd, text), close: () => closeSync(fd) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Error(`${path} exists: choose another name, or add --force to replace it`, { cause });
  }
}
