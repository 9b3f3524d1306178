/**
 * The few libc calls that Node does not offer, through koffi.
 * All offsets and constants in this folder are those of 64-bit little-endian Linux; elsewhere `loadLibc` refuses.
 */
import { constants, endianness } from 'node:os';
import { Memory } from './memory.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** C gets the true length of each byte array, so that a call cannot reach beyond it. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Bytes): number;
  getsockopt(fd: number, level: number, option: number, value: Bytes): number;
  prctl(operation: number, argument: number | Bytes): number;
  capset(header: Bytes, data: Bytes): number;
  /** Writes the two descriptors, as 32-bit integers. */
  socketpair(domain: number, type: number, protocol: number, pair: Bytes): number;
  dup2(from: number, to: number): number;
  fcntl(fd: number, operation: number, argument: number): number;
  /** Replaces the program: `args` is an array of pointers that ends with a null pointer. Returns only if it fails. */
  execv(path: string, args: Bytes): number;
  bind(fd: number, address: Bytes): number;
  connect(fd: number, address: Bytes): number;
  getsockname(fd: number, address: Bytes): number;
  sendto(fd: number, data: Bytes, flags: number, to: Bytes): number;
  /** `messages` is an array of mmsghdr whose pointers were written by `point`. */
  recvmmsg(fd: number, messages: Bytes, count: number, flags: number): number;
  /** Waits for the first `count` of the pollfds, at most for the time in the timespec. */
  ppoll(fds: Bytes, count: number, timeout: Bytes): number;
  eventfd(initial: number, flags: number): number;
  clock_gettime(clock: number, time: Bytes): number;
  inet_pton(family: number, text: string, address: Bytes): number;
  if_nametoindex(name: string): number;
  close(fd: number): number;
  /** The name of the last call's error, such as `EPERM`. */
  errorName(): string;
  /** Writes the address of byte `to` at byte `at` of the same memory: a pointer to other memory could outlive that. */
  point(memory: Memory, at: number, to: number): void;
}

const SIGNATURES = {
  socket: 'int socket(int, int, int)',
  setsockopt: 'int setsockopt(int, int, int, void *, uint32_t)',
  getsockopt: 'int getsockopt(int, int, int, void *, void *)',
  prctl: 'int prctl(int, void *, uint64_t, uint64_t, uint64_t)',
  capset: 'int capset(void *, void *)',
  socketpair: 'int socketpair(int, int, int, void *)',
  dup2: 'int dup2(int, int)',
  fcntl: 'int fcntl(int, int, int)',
  execv: 'int execv(const char *, void *)',
  bind: 'int bind(int, void *, uint32_t)',
  connect: 'int connect(int, void *, uint32_t)',
  getsockname: 'int getsockname(int, void *, void *)',
  sendto: 'int64_t sendto(int, void *, size_t, int, void *, uint32_t)',
  recvmmsg: 'int recvmmsg(int, void *, uint32_t, int, void *)',
  ppoll: 'int ppoll(void *, uint64_t, void *, void *)',
  eventfd: 'int eventfd(uint32_t, int)',
  clock_gettime: 'int clock_gettime(int, void *)',
  inet_pton: 'int inet_pton(int, const char *, void *)',
  if_nametoindex: 'uint32_t if_nametoindex(const char *)',
  close: 'int close(int)',
} as const;

/** sizeof(struct pollfd). */
export const POLLFD_BYTES = 8;

/** A function of C as koffi presents it. */
type Call = (...values: unknown[]) => number;

/** Architectures whose socket constants are the generic ones. */
const ARCHITECTURES = ['x64', 'arm64', 'riscv64', 'loong64'];

/** The first name if an error has two: EAGAIN, not EWOULDBLOCK. */
const ERROR_NAMES = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** Bound once a thread: koffi keeps what it binds for as long as the thread lives. */
let bound: Promise<Libc> | undefined;

/** Rejects with the reason if the platform is not supported or koffi can't be loaded. */
export function loadLibc(): Promise<Libc> {
  bound ??= bind();
  return bound;
}

async function bind(): Promise<Libc> {
  if (process.platform !== 'linux')
    throw new Error(`it works only on Linux, and this is ${process.platform}`);
  if (!ARCHITECTURES.includes(process.arch) || endianness() !== 'LE')
    throw new Error(`it works only on ${ARCHITECTURES.join(', ')}, and this is ${process.arch}`);
  const koffi = await loadKoffi();
  const library = koffi.load(null);
  const bindings = Object.entries(SIGNATURES).map(([name, signature]) => [name, library.func(signature)]);
  return {
    ...safe(Object.fromEntries(bindings)),
    errorName: () => ERROR_NAMES.get(koffi.errno()) ?? `errno ${koffi.errno()}`,
    point: ({ bytes, view }, at, to) => view.setBigUint64(at, koffi.address(bytes) + BigInt(to), true),
  };
}

/** The calls of C, with the lengths of their byte arrays. */
function safe(c: Record<keyof typeof SIGNATURES, Call>): Omit<Libc, 'errorName' | 'point'> {
  const room = new Memory(4);
  const roomFor = ({ byteLength }: Bytes) => {
    room.view.setUint32(0, byteLength, true);
    return room.bytes;
  };
  return {
    ...(c as unknown as Libc),
    setsockopt: (fd, level, option, value) => c.setsockopt(fd, level, option, value, value.byteLength),
    getsockopt: (fd, level, option, value) => c.getsockopt(fd, level, option, value, roomFor(value)),
    // prctl(2) refuses some operations unless the arguments that they do not use are 0.
    prctl: (operation, argument) => c.prctl(operation, argument, 0, 0, 0),
    bind: (fd, address) => c.bind(fd, address, address.byteLength),
    connect: (fd, address) => c.connect(fd, address, address.byteLength),
    getsockname: (fd, address) => c.getsockname(fd, address, roomFor(address)),
    sendto: (fd, data, flags, to) => c.sendto(fd, data, data.byteLength, flags, to, to.byteLength),
    recvmmsg: (fd, messages, count, flags) => c.recvmmsg(fd, messages, count, flags, null),
    ppoll: (fds, count, timeout) =>
      c.ppoll(fds, Math.min(count, fds.byteLength / POLLFD_BYTES), timeout, null),
  };
}

async function loadKoffi() {
  try {
    return (await import('koffi')).default;
  } catch (cause) {
    throw new Error(`the koffi package can't be loaded (${(cause as Error).message}): run npm ci`, { cause });
  }
}
