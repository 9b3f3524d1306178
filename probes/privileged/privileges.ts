/**
 * Gives up root before any file of the user is read: recordings, settings and detectors may come from anybody. Started by
 * sudo, the program starts a process that keeps CAP_NET_RAW, then restarts itself as the user, and cannot regain root.
 * Reference: sudo(8) SUDO_UID; setresuid(2), initgroups(3), credentials(7).
 */
import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Libc, loadLibc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import {
  CAP,
  hideFromDebuggers,
  keepInBoundingSet,
  keepOnly,
  keepThroughSetuid,
  refuseNewPrivileges,
} from './capabilities.js';
import { restart } from './restart.js';
import { startPrivilegedProcess } from './start.js';

/** What a command needs root for: sockets, which the privileged process opens, or everything it does. */
export type RootFor = 'sockets' | 'everything';

const PR_SET_PDEATHSIG = 1;
const PR_GET_PDEATHSIG = 2;

export interface User {
  uid: number;
  gid: number;
}

type Environment = Record<string, string | undefined>;

/**
 * The first releases in which libuv's io_uring does not continue as root after setuid (CVE-2024-22017). Node 18 and older
 * cannot run migwatch at all.
 */
const SAFE_NODE: Record<number, [minor: number, patch: number]> = { 20: [11, 1], 21: [6, 2] };

export const RUNNING_AS_ROOT =
  'running as root; better from your own account, after: sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"';

/**
 * If the program runs as root, restarts it as the user who called sudo. Without sudo, returns a notice for the user; root
 * who called sudo stays root. Throws if root can't be given up.
 */
export async function dropPrivileges(needed: RootFor | undefined): Promise<string | undefined> {
  if (process.geteuid?.() !== 0 || needed === 'everything') return undefined;
  const caller = callerOf(process.env);
  if (!caller) return process.env.SUDO_UID === undefined ? RUNNING_AS_ROOT : undefined;
  const unsafe = unsafeReason(process.versions.node, process.env);
  if (unsafe) throw new Error(unsafe);
  // Without libc there are no sockets of ours, so it is enough to become the user.
  const libc = await loadLibc().catch(() => undefined);
  const channel = libc && finishAsRoot(libc, caller, needed);
  const restoreDeathSignal = libc && deathSignal(libc);
  become(caller);
  restoreDeathSignal?.();
  adoptEnvironment();
  checkReadable();
  if (!libc) return undefined;
  keepOnly(libc, []);
  return restart(libc, channel);
}

/** Does what needs root. Returns the channel to the privileged process, if one is needed. */
function finishAsRoot(libc: Libc, caller: User, needed: RootFor | undefined): number | undefined {
  refuseNewPrivileges(libc);
  // The privileged process is root until it has become the user.
  keepInBoundingSet(libc, [CAP.netRaw, CAP.setuid, CAP.setgid]);
  const channel = needed === 'sockets' ? startPrivilegedProcess(libc, caller) : undefined;
  keepInBoundingSet(libc, []);
  return channel;
}

/** In the privileged process: becomes the user and keeps CAP_NET_RAW, out of that user's reach. */
export async function becomeProber(caller: User): Promise<void> {
  const libc = await loadLibc();
  keepThroughSetuid(libc);
  become(caller);
  try {
    keepOnly(libc, [CAP.netRaw]);
  } catch {
    // The root of a container may lack it. Sockets that need no capability can still be opened.
    keepOnly(libc, []);
  }
  hideFromDebuggers(libc);
}

/** The user and group `nobody` of every Linux: it owns nothing. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/**
 * For a command that has opened, as root, all that it needs root for: becomes `nobody`. Returns a remark if the system refuses.
 * Everything that is loaded later must be readable by everyone.
 */
export function becomeNobody(): string | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  try {
    process.setgroups!([]);
    process.setgid!(NOBODY.gid);
    process.setuid!(NOBODY.uid);
    return undefined;
  } catch (error) {
    return `could not give up root: ${(error as Error).message}`;
  }
}

/** The user who called sudo; undefined without sudo, or if root called it. Throws if the variables are not ids. */
export function callerOf({ SUDO_UID, SUDO_GID }: Environment): User | undefined {
  if (SUDO_UID === undefined || SUDO_UID === '0') return undefined;
  const ids = [SUDO_UID, SUDO_GID].map(text => (/^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN));
  const [uid, gid] = ids as [number, number];
  // The highest id means "none" to the kernel.
  if (uid < 0xffff_ffff && gid < 0xffff_ffff) return { uid, gid };
  throw new Error(
    `started as root, but SUDO_UID=${SUDO_UID} SUDO_GID=${SUDO_GID ?? ''} are not a user id and a group id: ` +
      'start migwatch with sudo, or unset both to stay root',
  );
}

/** Why this Node can't give up root for good; undefined if it can. */
export function unsafeReason(version: string, env: Environment): string | undefined {
  const [major, minor, patch] = version.split('.').map(Number) as [number, number, number];
  const [safeMinor, safePatch] = SAFE_NODE[major] ?? [0, 0];
  const old = minor < safeMinor || (minor === safeMinor && patch < safePatch);
  if (old)
    return (
      `Node ${version} keeps root's rights in its io_uring (CVE-2024-22017), so sudo is not safe with it: ` +
      'use Node 20.11.1 or newer, or start migwatch without root'
    );
  if (env.UV_USE_IO_URING === undefined || env.UV_USE_IO_URING === '0') return undefined;
  return 'UV_USE_IO_URING is set, so Node keeps root in its io_uring (CVE-2024-22017): unset it, or start migwatch without root';
}

/** Missing from the types of Node 20. */
interface InitGroups {
  initgroups(user: number, extraGroup: number): void;
}

/** Changes the groups first, because only root may change them. */
function become({ uid, gid }: User): void {
  try {
    (process as unknown as InitGroups).initgroups(uid, gid);
  } catch {
    // A user who is not in the user database has one group.
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
  if (back)
    throw new Error(
      `became user ${uid}, but could return to root: something in this environment keeps privileges`,
    );
}

/** Returns a function that restores the parent-death signal, which the kernel clears when the user changes. */
function deathSignal(libc: Libc): () => void {
  const signal = new Memory(4);
  libc.prctl(PR_GET_PDEATHSIG, signal.bytes);
  return () => void libc.prctl(PR_SET_PDEATHSIG, signal.view.getInt32(0, true));
}

/** Sets the user's home and name instead of root's, and removes the variables of sudo, which children must not see. */
function adoptEnvironment(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('SUDO_')) delete process.env[name];
  try {
    const { homedir, username } = userInfo();
    Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username });
  } catch {
    // A user who is not in the user database has neither home nor name.
  }
}

/** Throws unless the user may read the program: its other modules are loaded later, as the user. */
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
