import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** nobody, who is everywhere. */
export const USER = 65534;

/** As sudo leaves the environment, where it is enough to have been called so. */
export const SUDO = { SUDO_UID: String(USER), SUDO_GID: String(USER), SUDO_USER: 'nobody' };

/** What a machine needs for `bySudo`. */
export const SUDO_NEEDS = { root: true as const, commands: ['sudo', 'setpriv', 'unshare'] };

/** A list of sudo's users, on which nobody may run everything without a password, as sudo just after it asked for one. */
function sudoers(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-sudoers-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sudoers');
  writeFileSync(file, 'Defaults env_reset, !use_pty\nnobody ALL=(root) NOPASSWD: ALL\n');
  chmodSync(file, 0o440);
  return file;
}

/** The command line by which nobody runs a command with the real sudo, in a mount namespace where nobody may. */
export function bySudo(command: readonly string[]): string[] {
  const script =
    'mount --bind "$0" /etc/sudoers && exec setpriv --reuid=nobody --regid=65534 --clear-groups -- sudo -n -- "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, sudoers(), ...command];
}
