import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that unpack standard input to standard output, by the first bytes of what they unpack. */
const UNPACK: Record<string, readonly string[]> = {
  fd377a58: ['xz', '-dc'],
  '28b52ffd': ['zstd', '-dcq'],
  '1f8b08': ['gzip', '-dc'],
};
/** Offsets in a bzImage. */
const SETUP_SECTORS = 0x1f1;
const MAGIC = 0x202;
const VERSION = 0x206;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
/** The first version of the boot protocol that tells where the payload is. */
const WITH_PAYLOAD = 0x208;
const SECTOR = 512;
const LARGEST = 1 << 29;
/** The ELF note by which QEMU finds the entry: name of 4 bytes, value of 8 bytes, type 18, "Xen". */
const PVH_NOTE = Buffer.from('04000000080000001200000058656e00', 'hex');

/** The file from which QEMU boots this kernel soonest: unpacked, in `folder`, or the image itself. */
export function bootFile(image: string, folder: string): string {
  const unpacked = unpackedKernel(image);
  if (!unpacked) return image;
  const file = join(folder, 'vmlinux');
  writeFileSync(file, unpacked);
  return file;
}

/**
 * The kernel in a bzImage, unpacked, as QEMU boots it directly; undefined where this image has none, or nothing here
 * unpacks it. More than half of an emulated boot is the guest unpacking its kernel, which takes this machine a second.
 * Reference: Linux, Documentation/x86/boot.rst; Xen, PVH boot ABI.
 */
function unpackedKernel(path: string): Buffer | undefined {
  const image = readFileSync(path);
  if (image.toString('latin1', MAGIC, MAGIC + 4) !== 'HdrS') return undefined;
  if (image.readUInt16LE(VERSION) < WITH_PAYLOAD) return undefined;
  const start = (image[SETUP_SECTORS]! + 1) * SECTOR + image.readUInt32LE(PAYLOAD_OFFSET);
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH));
  const first = payload.toString('hex', 0, 4);
  const unpack = Object.entries(UNPACK).find(([magic]) => first.startsWith(magic))?.[1];
  if (!unpack) return undefined;
  const [program, ...args] = unpack;
  // It complains about the size that follows the packed bytes, and has written everything by then.
  const { stdout } = spawnSync(program!, args, {
    input: payload,
    maxBuffer: LARGEST,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const size = payload.readUInt32LE(payload.length - 4);
  return stdout?.length === size && stdout.includes(PVH_NOTE) ? stdout : undefined;
}
