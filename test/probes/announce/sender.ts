/** Sends Ethernet frames: `sender.js INTERFACE`, a frame in hex a line on stdin, or `COUNT*HEX` for many at once. */
import { createInterface } from 'node:readline';
import { loadLibc } from '../../../probes/net/libc.js';
import { Memory } from '../../../probes/net/memory.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;

const libc = await loadLibc();
const fd = libc.socket(AF_PACKET, SOCK_RAW, 0);
const address = new Memory(20);
address.view.setUint16(0, AF_PACKET, true);
address.view.setInt32(4, libc.if_nametoindex(process.argv[2]!), true);

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [, count = '1', text] = /^(?:(\d+)\*)?(.*)$/.exec(line)!;
  const frame = Buffer.from(text!.replaceAll(' ', ''), 'hex');
  for (let sent = 0; sent < Number(count); sent++) libc.sendto(fd, frame, 0, address.bytes);
}
