/**
 * The sockets of a probing thread, listed in memory that it shares with the main thread. A hung thread is terminated
 * without running its `finally` blocks, so the main thread then closes what the list still holds.
 */
import { closeSync } from 'node:fs';
import type { Libc } from '../net/libc.js';

/** A thread has a few sockets a family, clock and interface. More than this are used, but not listed. */
const CAPACITY = 1024;

/** An empty list. An entry is a descriptor plus one; 0 marks a free place. */
export function emptySocketList(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CAPACITY * Int32Array.BYTES_PER_ELEMENT));
}

/** The same libc, which keeps its open sockets in `list`. */
export function listingSockets(libc: Libc, list: Int32Array): Libc {
  return {
    ...libc,
    socket: (domain, type, protocol) => {
      const fd = libc.socket(domain, type, protocol);
      const free = list.indexOf(0);
      if (fd >= 0 && free >= 0) list[free] = fd + 1;
      return fd;
    },
    close: fd => {
      // First: another thread may get the number of a closed descriptor at once, and its file must not be closed.
      const place = list.indexOf(fd + 1);
      if (place >= 0) list[place] = 0;
      return libc.close(fd);
    },
  };
}

/** Closes the listed sockets of a thread that has ended. */
export function closeListed(list: Int32Array): void {
  for (const entry of list) if (entry > 0) closeSync(entry - 1);
  list.fill(0);
}
