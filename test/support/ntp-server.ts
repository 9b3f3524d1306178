/**
 * An NTP server that can lie: `ntp-server.js`, run in a namespace of its own, on port 123 of all addresses. A line on stdin
 * is a JSON object that changes how it answers. Writes a line for each request: its bytes in hex.
 */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { createInterface } from 'node:readline';

/** How the server answers; see RFC 5905, section 7.3, for the fields. */
export interface NtpManners {
  /** Added to both stamps. */
  offsetMs: number;
  /** The time between the stamps, really waited. */
  holdMs: number;
  stratum: number;
  /** The reference, four characters: of stratum 0 the kiss code. */
  reference: string;
  mode: number;
  leap: number;
  /** Of each request, this many bytes of the cookie are repeated as they came. */
  cookieBytes: number;
  /** From another port than 123. */
  elsewhere: boolean;
  /** How many times each answer is sent. */
  times: number;
}

const HONEST: NtpManners = {
  ...{ offsetMs: 0, holdMs: 0, stratum: 2, reference: 'TEST', mode: 4, leap: 0 },
  ...{ cookieBytes: 8, elsewhere: false, times: 1 },
};
const UNIX_EPOCH = 2_208_988_800n;

let manners = HONEST;
const socket = createSocket('udp4');
const other = createSocket('udp4');

function stamp(offsetMs: number): bigint {
  const micros = BigInt(Math.round((Date.now() + offsetMs) * 1000));
  const seconds = micros / 1_000_000n + UNIX_EPOCH;
  return BigInt.asUintN(64, (seconds << 32n) | (((micros % 1_000_000n) << 32n) / 1_000_000n));
}

function answer(request: Buffer, { address, port }: RemoteInfo): void {
  const { offsetMs, holdMs, stratum, reference, mode, leap, cookieBytes, elsewhere, times } = manners;
  const reply = Buffer.alloc(48);
  reply[0] = (leap << 6) | (4 << 3) | mode;
  reply[1] = stratum;
  reply[2] = request[2]!;
  reply.writeInt8(-20, 3);
  reply.write(reference, 12, 'latin1');
  request.copy(reply, 24, 40, 40 + cookieBytes);
  reply.writeBigUInt64BE(stamp(offsetMs), 32);
  console.log(request.toString('hex'));
  setTimeout(() => {
    reply.writeBigUInt64BE(stamp(offsetMs), 40);
    for (let i = 0; i < times; i++) (elsewhere ? other : socket).send(reply, port, address);
  }, holdMs);
}

socket.on('message', answer);
socket.bind(123, '0.0.0.0', () => console.log('open'));
const input = createInterface({ input: process.stdin });
input.on('line', line => (manners = { ...HONEST, ...JSON.parse(line) }));
input.on('close', () => process.exit(0));
