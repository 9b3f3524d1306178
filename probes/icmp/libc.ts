/**
 * The few libc calls that Node has no way to make, through koffi, and memory with a fixed address for them.
 * All offsets and constants in this folder are those of 64-bit little-endian Linux; elsewhere `loadLibc` refuses.
 */
import { constants, endianness } from 'node:os';

/** Addresses are plain numbers: user space ends far below 2^53. */
type Address = number;

export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Address, length: number): number;
  getsockopt(fd: number, level: number, option: number, value: Address, length: Address): number;
  prctl(operation: number, first: Address, second: number, third: number, fourth: number): number;
  capset(header: Address, data: Address): number;
  socketpair(domain: number, type: number, protocol: number, pair: Address): number;
  dup2(from: number, to: number): number;
  fcntl(fd: number, operation: number, argument: number): number;
  execv(path: string, args: Address): number;
  bind(fd: number, address: Address, length: number): number;
  connect(fd: number, address: Address, length: number): number;
  getsockname(fd: number, address: Address, length: Address): number;
  sendto(fd: number, data: Address, length: number, flags: number, to: Address, toLength: number): number;
  recvmmsg(fd: number, messages: Address, count: number, flags: number, timeout: Address): number;
  ppoll(fds: Address, count: number, timeout: Address, signals: Address): number;
  eventfd(initial: number, flags: number): number;
  clock_gettime(clock: number, time: Address): number;
  inet_pton(family: number, text: string, address: Address): number;
  if_nametoindex(name: string): number;
  close(fd: number): number;
  /** The name of the last call's error, such as `EPERM`. */
  errorName(): string;
  allocate(bytes: number): Memory;
  /** The memory is not to be touched any more. */
  free(memory: Memory): void;
}

/** Zeroed memory that never moves and stays until it is freed. */
export interface Memory {
  /** As the library that made it knows it. */
  pointer: unknown;
  address: Address;
  view: DataView;
  bytes: Uint8Array;
}

const SIGNATURES = [
  'int socket(int, int, int)',
  'int setsockopt(int, int, int, uintptr_t, uint32_t)',
  'int getsockopt(int, int, int, uintptr_t, uintptr_t)',
  'int prctl(int, uintptr_t, uintptr_t, uintptr_t, uintptr_t)',
  'int capset(uintptr_t, uintptr_t)',
  'int socketpair(int, int, int, uintptr_t)',
  'int dup2(int, int)',
  'int fcntl(int, int, int)',
  'int execv(const char *, uintptr_t)',
  'int bind(int, uintptr_t, uint32_t)',
  'int connect(int, uintptr_t, uint32_t)',
  'int getsockname(int, uintptr_t, uintptr_t)',
  'int64_t sendto(int, uintptr_t, size_t, int, uintptr_t, uint32_t)',
  'int recvmmsg(int, uintptr_t, uint32_t, int, uintptr_t)',
  'int ppoll(uintptr_t, uint64_t, uintptr_t, uintptr_t)',
  'int eventfd(uint32_t, int)',
  'int clock_gettime(int, uintptr_t)',
  'int inet_pton(int, const char *, uintptr_t)',
  'uint32_t if_nametoindex(const char *)',
  'int close(int)',
];

/** Architectures whose socket constants are the generic ones. */
const ARCHITECTURES = ['x64', 'arm64', 'riscv64', 'loong64'];

/** Where an error has two names, the first: EAGAIN, not EWOULDBLOCK. */
const ERROR_NAMES = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** Throws an Error that says why, where the platform is another or koffi can't be loaded. */
export async function loadLibc(): Promise<Libc> {
  if (process.platform !== 'linux')
    throw new Error(`it works on Linux only, and this is ${process.platform}`);
  if (!ARCHITECTURES.includes(process.arch) || endianness() !== 'LE')
    throw new Error(
      `it knows the memory layout of ${ARCHITECTURES.join(', ')} only, and this is ${process.arch}`,
    );
  const koffi = await loadKoffi();
  const library = koffi.load(null);
  const calls = Object.fromEntries(
    SIGNATURES.map(signature => [/(\w+)\(/.exec(signature)![1]!, library.func(signature)]),
  );
  return {
    ...(calls as unknown as Omit<Libc, 'errorName' | 'allocate' | 'free'>),
    errorName: () => ERROR_NAMES.get(koffi.errno()) ?? `errno ${koffi.errno()}`,
    allocate: length => {
      const pointer = koffi.alloc('uint8_t', length);
      const buffer = koffi.view(pointer, length);
      const bytes = new Uint8Array(buffer).fill(0);
      return { address: Number(koffi.address(pointer)), view: new DataView(buffer), bytes, pointer };
    },
    free: ({ pointer }) => koffi.free(pointer),
  };
}

async function loadKoffi() {
  try {
    return (await import('koffi')).default;
  } catch (cause) {
    throw new Error(`the koffi package can't be loaded (${(cause as Error).message}): run npm ci`, { cause });
  }
}
