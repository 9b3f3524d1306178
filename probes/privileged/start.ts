import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import { HAS_PRIVILEGED_PROCESS } from './client.js';
import { CHANNEL } from './restart.js';

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;

/**
 * Starts the privileged process, as root, for a user. Returns our end of its message channel: Node opens it when this
 * program is restarted with that descriptor and with the environment that is set here.
 */
export function startPrivilegedProcess(libc: Libc, { uid, gid }: { uid: number; gid: number }): number {
  const pair = new Memory(8);
  if (libc.socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair.bytes) < 0)
    throw new Error(`can't open a channel to the process that holds the raw sockets: ${libc.errorName()}`);
  const [ours, theirs] = [pair.view.getInt32(0, true), pair.view.getInt32(4, true)];
  const program = fileURLToPath(new URL('./child.js', import.meta.url));
  // The child's end becomes descriptor 3 as well.
  spawn(process.execPath, [program, String(uid), String(gid)], {
    stdio: ['ignore', 'ignore', 'ignore', theirs],
    cwd: '/',
    env: { NODE_CHANNEL_FD: String(CHANNEL) },
  });
  libc.close(theirs);
  Object.assign(process.env, { NODE_CHANNEL_FD: String(CHANNEL), [HAS_PRIVILEGED_PROCESS]: '1' });
  return ours;
}
