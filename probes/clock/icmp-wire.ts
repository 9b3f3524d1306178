import { getRandomValues } from 'node:crypto';
import type { Libc } from '../net/libc.js';
import { ProbeSocket } from '../net/socket.js';
import {
  DAY_MS,
  readTimestampReply,
  readTimestampRequest,
  TIMESTAMP_BYTES,
  TIMESTAMP_REPLY,
  writeTimestampRequest,
} from './timestamp.js';
import type { ClockWire } from './wire.js';

/** The guest's time of the UTC day, by ICMP timestamp requests. */
export function icmpClock(libc: Libc): ClockWire {
  const id = getRandomValues(new Uint16Array(1))[0]!;
  return {
    via: 'icmp',
    periodMs: DAY_MS,
    countsMs: true,
    families: [4],
    raw: true,
    bytes: TIMESTAMP_BYTES,
    portOf: () => 0,
    open(family) {
      const socket = new ProbeSocket(libc, 'raw', family);
      try {
        return socket.prepare().receiveOnly(TIMESTAMP_REPLY, id);
      } catch (error) {
        socket.close();
        throw error;
      }
    },
    write({ view }, question) {
      writeTimestampRequest(view, 0, { id, ...question });
      return true;
    },
    question: (view, at, length) => readTimestampRequest(view, at, length, id),
    answer: (view, at, length) => readTimestampReply(view, at, length, id),
    close() {},
  };
}
