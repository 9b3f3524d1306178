import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';

const F_SETFD = 2;
const POINTER_BYTES = 8;

/** Low enough for Node to close it in every child: it looks at the first sixteen. */
export const CHANNEL = 3;

/**
 * Replaces this program by itself, with the same arguments, environment and process id; the standard streams stay open,
 * and `channel`, if there is one, as `CHANNEL`. Never returns; throws where the kernel refuses. A thread can give up rights
 * for itself and for those that it starts, and Node had started some before us: in the new program every thread comes
 * from this one. Reference: execve(2). Node 20 has no process.execve.
 */
export function restart(libc: Libc, channel: number | undefined): never {
  const words = listOfStrings(libc, [process.argv0, ...process.execArgv, ...process.argv.slice(1)]);
  for (const stream of [0, 1, 2]) libc.fcntl(stream, F_SETFD, 0);
  // What has this number now is closed by the new start anyway.
  if (channel !== undefined) libc.dup2(channel, CHANNEL);
  // By its link, a Node in a folder that only root may enter is started too.
  libc.execv('/proc/self/exe', words.bytes);
  throw new Error(
    `giving up root takes a new start, and ${process.execPath} can't be started: ${libc.errorName()}`,
  );
}

/** C strings behind an array of pointers to them that ends with a null pointer. */
function listOfStrings(libc: Libc, words: readonly string[]): Memory {
  const texts = words.map(word => Buffer.from(`${word}\0`));
  const pointers = (words.length + 1) * POINTER_BYTES;
  const list = new Memory(texts.reduce((bytes, text) => bytes + text.length, pointers));
  let at = pointers;
  texts.forEach((text, index) => {
    list.bytes.set(text, at);
    libc.point(list, index * POINTER_BYTES, at);
    at += text.length;
  });
  return list;
}
