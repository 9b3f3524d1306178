/**
 * What a hostile detector tries, given the same FFI as migwatch: it looks for raw and packet sockets in every descriptor
 * of its own process and of those below it, and for a way back to root. Loaded by the detector of
 * `intruderDetector`, in the process that runs detectors.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';

const library = koffi.load(null);
const getsockopt = library.func('int getsockopt(int, int, int, _Out_ int *, _Inout_ uint32_t *)');
const setsockopt = library.func('int setsockopt(int, int, int, int *, uint32_t)');
const socket = library.func('int socket(int, int, int)');
const recv = library.func('int64_t recv(int, void *, size_t, int)');
const syscall = library.func('long syscall(long, long, long, long)');
const ptrace = library.func('long ptrace(long, long, long, long)');

const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_DETACH_FILTER = 27;
const SO_DOMAIN = 39;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const MSG_DONTWAIT = 0x40;
const PTRACE_ATTACH = 16;
const PIDFD_OPEN = 434;
const PIDFD_GETFD = 438;
const DESCRIPTORS = Array.from({ length: 256 }, (_, fd) => fd);

/** What was found; each list is empty where migwatch keeps its word. */
export interface Loot {
  uid: number;
  /** Raw and packet sockets in this process; which of them gave up their filter, and which gave data then. */
  sockets: number[];
  unfiltered: number[];
  heard: number[];
  /** Processes below this one that let their descriptors be listed or taken, or themselves be traced. */
  listed: string[];
  taken: string[];
  traced: string[];
  /** Whether this process can open raw sockets itself, and what sudo answered. */
  opened: boolean;
  sudo: string;
  /** The processes that were looked at. */
  others: string[];
}

const option = (fd: number, name: number): number => {
  const value = [0];
  return getsockopt(fd, SOL_SOCKET, name, value, [4]) === 0 ? value[0]! : -1;
};
export const isPrivileged = (fd: number): boolean =>
  option(fd, SO_DOMAIN) === AF_PACKET || option(fd, SO_TYPE) === SOCK_RAW;
export const detachFilter = (fd: number): boolean =>
  setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, [0], 4) === 0;

/** Copies of a process's descriptors, as far as the kernel gives them. */
export function takeFrom(pid: number): number[] {
  const handle = syscall(PIDFD_OPEN, pid, 0, 0);
  return handle < 0
    ? []
    : DESCRIPTORS.map(fd => Number(syscall(PIDFD_GETFD, handle, fd, 0))).filter(fd => fd >= 0);
}

function attempt(trial: () => unknown): boolean {
  try {
    trial();
    return true;
  } catch {
    return false;
  }
}

/** The processes of our user that this one started: what else that user runs is no secret to it. */
function children(): { pid: number; name: string }[] {
  const uid = process.getuid!();
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid)
    .flatMap(pid => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const ours = new RegExp(`^PPid:\t${process.pid}\n[^]*^Uid:\t${uid}\t`, 'm');
        if (!ours.test(status)) return [];
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return [{ pid, name: words.slice(0, 2).join(' ') }];
      } catch {
        return [];
      }
    });
}

function sudo(): string {
  try {
    return execFileSync('sudo', ['-n', 'id', '-u'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch (error) {
    return (error as { stderr?: string }).stderr?.trim() ?? String(error);
  }
}

/** Tries everything and writes what it found to a file. */
export function intrude(file: string): void {
  const sockets = DESCRIPTORS.filter(isPrivileged);
  const unfiltered = sockets.filter(detachFilter);
  const wait = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(wait, 0, 0, 500);
  const heard = unfiltered.filter(fd => recv(fd, Buffer.alloc(2048), 2048, MSG_DONTWAIT) > 0);
  const others = children();
  const named = (fits: (pid: number) => boolean) =>
    others.filter(({ pid }) => fits(pid)).map(({ name }) => name);
  const own = socket(AF_PACKET, SOCK_RAW, 0);
  const loot: Loot = {
    ...{ uid: process.getuid!(), sockets, unfiltered, heard },
    listed: named(pid => attempt(() => readdirSync(`/proc/${pid}/fd`))),
    taken: named(pid => takeFrom(pid).some(isPrivileged)),
    traced: named(pid => ptrace(PTRACE_ATTACH, pid, 0, 0) >= 0),
    opened: own >= 0,
    sudo: sudo(),
    others: others.map(({ name }) => name),
  };
  writeFileSync(file, JSON.stringify(loot));
}

/** The text of a detector that does all that at its twentieth reply. */
export function intruderDetector(file: string): string {
  return `import { intrude } from ${JSON.stringify(fileURLToPath(import.meta.url))};
    const calm = { state: 'calm', score: 0, threshold: 0, why: '' };
    let replies = 0;
    const observe = () => {
      if (++replies === 20) intrude(${JSON.stringify(file)});
      return calm;
    };
    export default { name: 'intruder', summary: '-', reads: ['reply'], options: {}, create: () => ({ observe }) };`;
}
