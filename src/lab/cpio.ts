/** A file or, with a path that ends in `/`, a directory of the archive. Parents come before their children. */
export interface ArchiveEntry {
  path: string;
  content?: Buffer;
  /** Permission bits; 0755 unless told. */
  mode?: number;
}

const DIRECTORY = 0o040000;
const REGULAR = 0o100000;

/** An archive in the "newc" format of cpio, as the Linux kernel unpacks it for its initramfs (initramfs-buffer-format). */
export function cpio(entries: readonly ArchiveEntry[]): Buffer {
  const members = entries.map((entry, index) => member(entry, index + 1));
  return Buffer.concat([...members, member({ path: 'TRAILER!!!', mode: 0 }, 0)]);
}

function member({ path, content = Buffer.alloc(0), mode = 0o755 }: ArchiveEntry, inode: number): Buffer {
  const name = path.replace(/\/$/, '');
  const type = path.endsWith('/') ? DIRECTORY : REGULAR;
  const [uid, gid, links, mtime, major, minor, rmajor, rminor, check] = [0, 0, 1, 0, 0, 0, 0, 0, 0];
  const fields = [inode, type | mode, uid, gid, links, mtime, content.length, major, minor, rmajor, rminor];
  const header = [...fields, Buffer.byteLength(name) + 1, check].map(hex).join('');
  return Buffer.concat([padded(Buffer.from(`070701${header}${name}\0`)), padded(content)]);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** Header with name, and content, each fill whole words of 4 bytes. */
function padded(part: Buffer): Buffer {
  return Buffer.concat([part, Buffer.alloc(-part.length & 3)]);
}
