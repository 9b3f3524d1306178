/** Frames as they cross a wire, and captures of them. */

/** One packet: addresses of four bytes as numbers, payload and what else its protocol has. */
export interface PacketSpec {
  at?: number;
  from?: [address: string, port: number];
  to?: [address: string, port: number];
  protocol?: number;
  sequence?: number;
  flags?: number;
  payload?: Uint8Array;
}

export const ACK = 0x10;
export const SYN = 0x02;
export const FIN = 0x01;

/** An IPv4 packet, without checksums. */
export function ipv4({ from, to, protocol = 6, sequence = 1, flags = ACK, payload }: PacketSpec): Buffer {
  const [[source, sourcePort], [destination, destinationPort]] = [
    from ?? ['10.0.0.1', 40_000],
    to ?? ['10.0.0.2', 49_152],
  ];
  const body = Buffer.from(payload ?? []);
  const transport = Buffer.alloc(protocol === 6 ? 20 : protocol === 17 ? 8 : 0);
  if (transport.length > 0) {
    transport.writeUInt16BE(sourcePort, 0);
    transport.writeUInt16BE(destinationPort, 2);
  }
  if (protocol === 6) {
    transport.writeUInt32BE(sequence >>> 0, 4);
    transport[12] = 0x50;
    transport[13] = flags;
  }
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + transport.length + body.length, 2);
  header[8] = 64;
  header[9] = protocol;
  Buffer.from(source.split('.').map(Number)).copy(header, 12);
  Buffer.from(destination.split('.').map(Number)).copy(header, 16);
  return Buffer.concat([header, transport, body]);
}

/** A frame of Ethernet around a packet, with VLAN tags. */
export function ethernet(packet: Buffer, tags: readonly number[] = []): Buffer {
  const type = packet[0]! >> 4 === 6 ? 0x86dd : 0x0800;
  const types = [...tags.map(() => 0x8100), type];
  const head = Buffer.alloc(12 + 2 + 4 * tags.length);
  for (const [index, each] of types.entries()) head.writeUInt16BE(each, 12 + 4 * index);
  for (const [index, tag] of tags.entries()) head.writeUInt16BE(tag, 14 + 4 * index);
  return Buffer.concat([head, packet]);
}

/** A capture in the format pcap. */
export function pcap(
  frames: readonly { at: number; bytes: Buffer; length?: number }[],
  { link = 1, big = false, nanos = false } = {},
): Buffer {
  const write = (values: readonly number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries())
      if (big) bytes.writeUInt32BE(value >>> 0, 4 * index);
      else bytes.writeUInt32LE(value >>> 0, 4 * index);
    return bytes;
  };
  const head = write([nanos ? 0xa1b23c4d : 0xa1b2c3d4, big ? 0x00020004 : 0x00040002, 0, 0, 65_535, link]);
  const records = frames.flatMap(({ at, bytes, length = bytes.length }) => {
    const fraction = Math.round((at % 1000) * (nanos ? 1e6 : 1e3));
    return [write([Math.floor(at / 1000), fraction, bytes.length, length]), bytes];
  });
  return Buffer.concat([head, ...records]);
}

/** A capture in the format pcapng: a section, an interface, and a block for each frame. */
export function pcapng(
  frames: readonly { at: number; bytes: Buffer; length?: number }[],
  { link = 1, drops = undefined as number | undefined } = {},
): Buffer {
  const block = (type: number, body: Buffer) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32LE(type, 0);
    ends.writeUInt32LE(padded.length + 12, 4);
    return Buffer.concat([ends, padded, ends.subarray(4)]);
  };
  const numbers = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, 4 * index);
    return bytes;
  };
  // Nanoseconds: option 9 with the value 9.
  const resolution = Buffer.from([9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
  const packets = frames.map(({ at, bytes, length = bytes.length }) => {
    const nanos = BigInt(Math.round(at * 1000)) * 1000n;
    const head = numbers(0, Number(nanos >> 32n), Number(nanos & 0xffffffffn), bytes.length, length);
    return block(6, Buffer.concat([head, bytes]));
  });
  const statistics = Buffer.concat([numbers(0, 0, 0), Buffer.from([5, 0, 8, 0]), numbers(drops ?? 0, 0)]);
  return Buffer.concat([
    block(0x0a0d0d0a, Buffer.concat([numbers(0x1a2b3c4d, 1), Buffer.alloc(8, 0xff)])),
    block(1, Buffer.concat([numbers(link, 65_535), resolution])),
    ...packets,
    ...(drops === undefined ? [] : [block(5, statistics)]),
  ]);
}
