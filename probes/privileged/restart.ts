import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';

const F_SETFD = 2;
const POINTER_BYTES = 8;

/** Low enough for Node to close it in every child: Node checks the first sixteen descriptors. */
export const CHANNEL = 3;

/**
 * Replaces this program by itself, with the same arguments, environment and process id; the standard streams stay open,
 * and `channel`, if there is one, as `CHANNEL`. Never returns; throws if the kernel refuses. A thread gives up rights only
 * for itself and for the threads that it starts, and Node started some before this code ran; in the new program, every
 * thread descends from this one. Reference: execve(2). Node 20 has no process.execve.
 */
export function restart(libc: Libc, channel: number | undefined): never {
  const words = listOfStrings(libc, [process.argv0, ...process.execArgv, ...process.argv.slice(1)]);
  for (const stream of [0, 1, 2]) libc.fcntl(stream, F_SETFD, 0);
  // Whatever has this number now is closed by the restart anyway.
  if (channel !== undefined) libc.dup2(channel, CHANNEL);
  // Through this link, Node starts even from a folder that only root may enter.
  libc.execv('/proc/self/exe', words.bytes);
  throw new Error(
    `giving up root needs a restart, but ${process.execPath} can't be started: ${libc.errorName()}`,
  );
}

/** An array of pointers that ends with a null pointer, followed by the C strings. */
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
