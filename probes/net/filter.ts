/** Classic BPF (the kernel's Documentation/networking/filter.rst): drops packets in the kernel that we would not use. */
import type { Libc } from './libc.js';
import { Memory } from './memory.js';

export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/** BPF_LD with BPF_ABS, which BPF_IND is without 0x20 and with 0x40. */
const LOAD = { byte: 0x30, half: 0x28, word: 0x20 } as const;
export const load = (size: keyof typeof LOAD, at: number): Instruction => [LOAD[size], 0, 0, at];
/** Sets the index register to the length of the IPv4 header that begins at the first byte. */
export const indexAfterIpv4: Instruction = [0xb1, 0, 0, 0];
/** Loads from `at` bytes after the index register. */
export const loadIndexed = (size: keyof typeof LOAD, at: number): Instruction => [
  LOAD[size] ^ 0x60,
  0,
  0,
  at,
];
/** Skips `ifTrue` instructions if the loaded value equals the operand, otherwise `ifFalse`. */
export const equals = (operand: number, ifTrue: number, ifFalse: number): Instruction => [
  0x15,
  ifTrue,
  ifFalse,
  operand,
];
/** Skips `ifTrue` instructions if any bit of the operand is set, otherwise `ifFalse`. */
export const anyBit = (operand: number, ifTrue: number, ifFalse: number): Instruction => [
  0x45,
  ifTrue,
  ifFalse,
  operand,
];
/** Ends the filter and keeps this many bytes; 0 drops the packet. */
export const keep = (bytes: number): Instruction => [0x06, 0, 0, bytes];

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_LOCK_FILTER = 44;
const INSTRUCTION_BYTES = 8;
/** struct sock_fprog: a length, and a pointer after padding; here the instructions follow it. */
const PROGRAM = { bytes: 16, pointer: 8 };

/** Attaches a filter for good: nobody can change or detach it later. Returns whether the kernel accepted it. */
export function attachFilter(libc: Libc, fd: number, instructions: readonly Instruction[]): boolean {
  const program = new Memory(PROGRAM.bytes + instructions.length * INSTRUCTION_BYTES);
  const { view } = program;
  view.setUint16(0, instructions.length, true);
  libc.point(program, PROGRAM.pointer, PROGRAM.bytes);
  instructions.forEach(([operation, ifTrue, ifFalse, operand], index) => {
    const at = PROGRAM.bytes + index * INSTRUCTION_BYTES;
    view.setUint16(at, operation, true);
    view.setUint8(at + 2, ifTrue);
    view.setUint8(at + 3, ifFalse);
    view.setUint32(at + 4, operand, true);
  });
  const lock = new Memory(4);
  lock.view.setInt32(0, 1, true);
  return (
    libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program.bytes.subarray(0, PROGRAM.bytes)) === 0 &&
    libc.setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, lock.bytes) === 0
  );
}
