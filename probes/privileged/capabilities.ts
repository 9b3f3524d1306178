/**
 * Gives up privileges for good. Each call affects the calling thread, and the threads and processes that it starts later.
 * Reference: capabilities(7), prctl(2), capset(2).
 */
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';

export const CAP = { setgid: 6, setuid: 7, netRaw: 13 } as const;
type Capability = (typeof CAP)[keyof typeof CAP];

const PR_SET_DUMPABLE = 4;
const PR_SET_KEEPCAPS = 8;
const PR_CAPBSET_DROP = 24;
const PR_SET_NO_NEW_PRIVS = 38;
/** The kernel has at most 64; prctl fails with EINVAL for those that it does not have. */
const CAPABILITIES = Array.from({ length: 64 }, (_, capability) => capability);

/** _LINUX_CAPABILITY_VERSION_3, and two structs of effective, permitted and inheritable. */
const VERSION_3 = 0x20080522;
const HEADER_BYTES = 8;
const DATA_BYTES = 24;

/** Programs started from now on gain no rights by setuid, setgid or file capabilities; sudo refuses to run. */
export function refuseNewPrivileges(libc: Libc): void {
  need(libc, 'PR_SET_NO_NEW_PRIVS', libc.prctl(PR_SET_NO_NEW_PRIVS, 1));
}

/** Drops all others from the bounding set. A refusal does no harm: the set has no effect once new privileges are refused. */
export function keepInBoundingSet(libc: Libc, kept: readonly Capability[]): void {
  const dropped = CAPABILITIES.filter(capability => !(kept as readonly number[]).includes(capability));
  for (const capability of dropped) libc.prctl(PR_CAPBSET_DROP, capability);
}

/** Keeps the permitted capabilities when the user changes. */
export function keepThroughSetuid(libc: Libc): void {
  need(libc, 'PR_SET_KEEPCAPS', libc.prctl(PR_SET_KEEPCAPS, 1));
}

/** Makes these the only permitted and effective capabilities. Throws if one of them was not permitted. */
export function keepOnly(libc: Libc, capabilities: readonly Capability[]): void {
  const [header, data] = [new Memory(HEADER_BYTES), new Memory(DATA_BYTES)];
  header.view.setUint32(0, VERSION_3, true);
  const bits = capabilities.reduce((sum, capability) => sum | (1 << capability), 0);
  for (const set of [0, 4]) data.view.setUint32(set, bits, true);
  need(libc, 'capset', libc.capset(header.bytes, data.bytes));
}

/** Denies /proc/PID/fd, ptrace and pidfd_getfd to other processes of the same user. */
export function hideFromDebuggers(libc: Libc): void {
  need(libc, 'PR_SET_DUMPABLE', libc.prctl(PR_SET_DUMPABLE, 0));
}

function need(libc: Libc, what: string, result: number): void {
  if (result < 0) throw new Error(`the kernel refused ${what}: ${libc.errorName()}`);
}
