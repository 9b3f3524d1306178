/** Run as a program: sends an Ethernet frame for each line `DEVICE HEX` on stdin, and prints when, in Unix seconds. */
import { createInterface } from 'node:readline';
import { loadLibc } from '../../probes/net/libc.js';
import { Memory } from '../../probes/net/memory.js';
import { unixNow } from './time.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;

const libc = await loadLibc();
const socket = libc.socket(AF_PACKET, SOCK_RAW, 0);

for await (const line of createInterface(process.stdin)) {
  const [device = '', hex = ''] = line.split(' ');
  // struct sockaddr_ll: the family, and the number of the interface at byte 4.
  const address = new Memory(20);
  address.view.setUint16(0, AF_PACKET, true);
  address.view.setInt32(4, libc.if_nametoindex(device), true);
  const frame = Buffer.from(hex, 'hex');
  const memory = new Memory(frame.length);
  memory.bytes.set(frame);
  const at = unixNow();
  if (libc.sendto(socket, memory.bytes, 0, address.bytes) !== frame.length)
    throw new Error(`could not send a frame through ${device}`);
  console.log(at);
}
