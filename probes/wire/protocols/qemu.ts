import { asciiIn, Cursor } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * QEMU's migration stream in clear, as a source sends it: be32 magic "QEVM", be32 version 3, then sections. The configuration
 * section (type 7) holds the machine type as text. The first section of the device `ram` (type 1) holds the names and sizes of the RAM
 * blocks until their sum is the total, which carries the flag MEM_SIZE in its low bits.
 *
 * Not to be trusted for: who sends it. Anyone can send these bytes. A saved state on its way, such as over `nc`, looks the same.
 * Reference: QEMU, docs/devel/migration, migration/savevm.c (qemu_savevm_state_header) and migration/ram.c (ram_save_setup).
 */
export const MAGIC = new Uint8Array([0x51, 0x45, 0x56, 0x4d, 0, 0, 0, 3]);
const CONFIGURATION = 0x07;
const SECTION_START = 0x01;
const MEM_SIZE = 0x04;
const FLAGS = 0xfff;
const RAM = [3, 0x72, 0x61, 0x6d];
/** Virtual machines have a dozen. */
const MAX_BLOCKS = 8;

export const qemu: Recogniser = {
  name: 'qemu',
  looksFor: 'the header of a QEMU migration stream: QEVM, version 3, machine type, RAM blocks',
  recognise({ transport, client }) {
    if (transport !== 'tcp' || !MAGIC.every((byte, index) => client[index] === byte)) return undefined;
    const machine = machineIn(client);
    const blocks = blocksIn(client);
    return {
      protection: 'clear',
      migration: 'yes',
      details: [
        'QEMU stream version 3',
        ...(machine === undefined ? [] : [`machine ${machine}`]),
        ...(blocks.length === 0 ? [] : [`RAM ${blocks.join(', ')}`]),
      ],
    };
  },
};

function machineIn(bytes: Uint8Array): string | undefined {
  const cursor = new Cursor(bytes, MAGIC.length);
  if (cursor.number(1) !== CONFIGURATION) return undefined;
  return asciiIn(cursor.take(cursor.number(4) ?? -1));
}

/** The names of the RAM blocks, the largest number first that fit a line. */
function blocksIn(bytes: Uint8Array): string[] {
  const at = startOfRam(bytes);
  if (at === undefined) return [];
  const cursor = new Cursor(bytes, at);
  const total = cursor.number(8);
  if (total === undefined || (total & FLAGS) !== MEM_SIZE) return [];
  const names: string[] = [];
  for (let left = total - MEM_SIZE; left > 0 && names.length < MAX_BLOCKS; ) {
    const name = asciiIn(cursor.vector(1));
    const size = cursor.number(8);
    if (name === undefined || size === undefined || size === 0) break;
    names.push(name);
    left -= size;
  }
  return names;
}

/** Behind the head of the section: type, be32 id, the name `ram`, be32 instance, be32 version. */
function startOfRam(bytes: Uint8Array): number | undefined {
  for (let at = MAGIC.length + 5; at + RAM.length + 8 <= bytes.length; at++)
    if (bytes[at - 5] === SECTION_START && RAM.every((byte, index) => bytes[at + index] === byte))
      return at + RAM.length + 8;
  return undefined;
}
