/**
 * Root is given up before anything of the user's is read: recordings, settings and detectors may be anybody's. Started by
 * sudo, the program starts a process that keeps CAP_NET_RAW, and restarts itself as the user, with no way back.
 * Reference: sudo(8) SUDO_UID; setresuid(2), initgroups(3), credentials(7).
 */
import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Libc, loadLibc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import {
  bound,
  CAP,
  haveOnly,
  hideFromDebuggers,
  keepThroughSetuid,
  refuseNewPrivileges,
} from './capabilities.js';
import { restart } from './restart.js';
import { startPrivilegedProcess } from './start.js';

/** What a command needs root for: sockets, which the privileged process opens, or all that it does. */
export type RootFor = 'sockets' | 'everything';

const PR_SET_PDEATHSIG = 1;
const PR_GET_PDEATHSIG = 2;

export interface User {
  uid: number;
  gid: number;
}

type Environment = Record<string, string | undefined>;

/**
 * Before these, libuv's io_uring went on as root after setuid (CVE-2024-22017); 18 and older do not run us at all.
 */
const SAFE_NODE: Record<number, [minor: number, patch: number]> = { 20: [11, 1], 21: [6, 2] };

export const RUNNING_AS_ROOT =
  'running as root: start it by sudo from your own account, and it drops root — or permit it without: ' +
  'sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"';

/**
 * Where we are root: restarts the program as the user who called sudo, or, where nobody did, returns what to say of it;
 * root who called it wants to stay. Throws where it can't.
 */
export async function dropPrivileges(needed: RootFor | undefined): Promise<string | undefined> {
  if (process.geteuid?.() !== 0 || needed === 'everything') return undefined;
  const caller = callerOf(process.env);
  if (!caller) return process.env.SUDO_UID === undefined ? RUNNING_AS_ROOT : undefined;
  const unsafe = unsafety(process.versions.node, process.env);
  if (unsafe) throw new Error(unsafe);
  // Where libc cannot be called there are no sockets of ours either, and the user is all that there is to become.
  const libc = await loadLibc().catch(() => undefined);
  const channel = libc && prepareToLeave(libc, caller, needed);
  const keepMortal = libc && mortality(libc);
  become(caller);
  keepMortal?.();
  adoptEnvironment();
  checkReadable();
  if (!libc) return undefined;
  haveOnly(libc, []);
  return restart(libc, channel);
}

/** Gives up what takes root to give up. Returns the channel to the privileged process, where one is needed. */
function prepareToLeave(libc: Libc, caller: User, needed: RootFor | undefined): number | undefined {
  refuseNewPrivileges(libc);
  // The privileged process is root until it has become the user.
  bound(libc, [CAP.netRaw, CAP.setuid, CAP.setgid]);
  const channel = needed === 'sockets' ? startPrivilegedProcess(libc, caller) : undefined;
  bound(libc, []);
  return channel;
}

/** In the privileged process: becomes the user and keeps CAP_NET_RAW, out of that user's reach. */
export async function becomeProber(caller: User): Promise<void> {
  const libc = await loadLibc();
  keepThroughSetuid(libc);
  become(caller);
  try {
    haveOnly(libc, [CAP.netRaw]);
  } catch {
    // A container's root may lack it. What needs no capability is opened all the same.
    haveOnly(libc, []);
  }
  hideFromDebuggers(libc);
}

/** Who called sudo; undefined where nobody did, or root. Throws where the variables are no ids. */
export function callerOf({ SUDO_UID, SUDO_GID }: Environment): User | undefined {
  if (SUDO_UID === undefined || SUDO_UID === '0') return undefined;
  const ids = [SUDO_UID, SUDO_GID].map(text => (/^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN));
  const [uid, gid] = ids as [number, number];
  // The highest id means "none" to the kernel.
  if (uid < 0xffff_ffff && gid < 0xffff_ffff) return { uid, gid };
  throw new Error(
    `started as root, and SUDO_UID=${SUDO_UID} SUDO_GID=${SUDO_GID ?? ''} are not a user's and a group's number: ` +
      'start it by sudo, or unset both to stay root',
  );
}

/** Why a root of this Node can't be given back for good; undefined where it can. */
export function unsafety(version: string, env: Environment): string | undefined {
  const [major, minor, patch] = version.split('.').map(Number) as [number, number, number];
  const [safeMinor, safePatch] = SAFE_NODE[major] ?? [0, 0];
  const old = minor < safeMinor || (minor === safeMinor && patch < safePatch);
  if (old)
    return (
      `Node ${version} keeps root's rights in its io_uring (CVE-2024-22017), so it can't be started by sudo safely: ` +
      'use Node 20.11.1 or newer, or start it without root'
    );
  if (env.UV_USE_IO_URING === undefined || env.UV_USE_IO_URING === '0') return undefined;
  return 'UV_USE_IO_URING is set: with it, Node keeps root in its io_uring (CVE-2024-22017). Unset it, or start it without root';
}

/** Missing from the types of Node 20. */
interface InitGroups {
  initgroups(user: number, extraGroup: number): void;
}

/** The order matters: who is no longer root may change no groups. */
function become({ uid, gid }: User): void {
  try {
    (process as unknown as InitGroups).initgroups(uid, gid);
  } catch {
    // A user who is in no list of users has the one group.
    process.setgroups!([gid]);
  }
  process.setgid!(gid);
  process.setuid!(uid);
  let back = true;
  try {
    process.setuid!(0);
  } catch {
    back = false;
  }
  if (back) throw new Error(`became user ${uid}, but could return to root: something here keeps privileges`);
}

/** Another user's process outlives a parent that asked the kernel to end it with itself, unless it asks for that anew. */
function mortality(libc: Libc): () => void {
  const signal = new Memory(4);
  libc.prctl(PR_GET_PDEATHSIG, signal.bytes);
  return () => void libc.prctl(PR_SET_PDEATHSIG, signal.view.getInt32(0, true));
}

/** The user's own places rather than root's, and nothing more of sudo for children to find. */
function adoptEnvironment(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('SUDO_')) delete process.env[name];
  try {
    const { homedir, username } = userInfo();
    Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username });
  } catch {
    // Of a user who is in no list of users nothing more is known.
  }
}

/** The rest of the program is loaded when it is needed, by the user. */
function checkReadable(): void {
  const program = fileURLToPath(new URL('..', import.meta.url));
  try {
    accessSync(program, constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `user ${process.getuid!()} may not read ${program}: install migwatch where every user may, or start it without root`,
      { cause },
    );
  }
}
