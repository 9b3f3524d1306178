/**
 * As root, only files of root or of the user who called sudo are executed or read as settings, and only if no other user can
 * write or replace them. Reference: sshd_config(5) StrictModes, which requires the same.
 */
import { realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** In the environment of a migwatch that the lab starts as root: the id of the user who called sudo for the lab. */
export const LAB_CALLER = 'MIGWATCH_LAB_CALLER';

const OTHERS_WRITE = 0o022;
/** In such a folder only the owner of a file can rename or remove it. */
const STICKY = 0o1000;

/**
 * The path to read `what` from: the given one, or, as root, its real path, so that no link on the way can be changed
 * after this check. As root, throws an Error if another user could have written the file.
 */
export function trustedPath(path: string, what: string): string {
  if (process.geteuid?.() !== 0) return path;
  const { SUDO_UID, [LAB_CALLER]: caller = SUDO_UID } = process.env;
  const owners = [0, Number(caller ?? 0)];
  const isFile = statSync(path).isFile();
  const real = isFile ? realpathSync(path) : path;
  // A pipe is not below a folder.
  for (const each of isFile ? ancestry(real) : [path]) {
    const distrust = reasonAgainst(statSync(each), owners, each !== real);
    if (!distrust) continue;
    const [fault, remedy] = distrust;
    throw new Error(
      `${what} ${path} is refused as root, because ${each} ${fault}: ${remedy} ${each}, or start migwatch without root`,
    );
  }
  return real;
}

/** A file and the folders that it is in, from the inside out. */
function ancestry(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestry(parent)];
}

function reasonAgainst(
  { uid, mode }: Stats,
  owners: readonly number[],
  isFolder: boolean,
): [fault: string, remedy: string] | undefined {
  if (!owners.includes(uid)) return [`belongs to user ${uid}`, 'chown root'];
  const isOpen = (mode & OTHERS_WRITE) !== 0 && !(isFolder && (mode & STICKY) !== 0);
  return isOpen ? ['can be written by others', 'chmod go-w'] : undefined;
}
