import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Assembly } from '../../../probes/wire/assembly.js';
import { CaptureError } from '../../../probes/wire/capture/frame.js';
import { CaptureReader } from '../../../probes/wire/capture/reader.js';
import { packetIn } from '../../../probes/wire/packet.js';
import '../../support/arbitrary.js';
import { ethernet, ipv4, pcap, pcapng } from '../../support/frames.js';

const test = suite('wire: captures');

interface Read {
  frames: { at: number; link: number; hex: string; length: number }[];
  drops: number | undefined;
  error: Error | undefined;
}

/** Reads a capture in pieces of this size. */
function read(capture: Buffer, piece = capture.length): Read {
  const result: Read = { frames: [], drops: undefined, error: undefined };
  const reader = new CaptureReader({
    frame: ({ at, link, bytes, length }) =>
      void result.frames.push({ at, link, hex: bytes.toString('hex'), length }),
    drops: count => {
      result.drops = count;
    },
  });
  try {
    for (let at = 0; at < capture.length; at += piece)
      reader.push(Buffer.from(capture.subarray(at, at + piece)));
    reader.end();
  } catch (error) {
    result.error = error as Error;
  }
  return result;
}

const AT = Date.UTC(2026, 10, 22, 1, 2, 3) + 4.567;
const frames = [
  { at: AT, bytes: ethernet(ipv4({ payload: Buffer.from('abc') })) },
  { at: AT + 1.5, bytes: ethernet(ipv4({ payload: Buffer.from('cut') })).subarray(0, 40), length: 1514 },
];

const FORMATS: Readonly<Record<string, Buffer>> = {
  'pcap, little-endian': pcap(frames),
  'pcap, big-endian': pcap(frames, { big: true }),
  'pcap with nanoseconds': pcap(frames, { nanos: true }),
  pcapng: pcapng(frames),
};

for (const [name, capture] of Object.entries(FORMATS))
  test(`${name}: times, lengths and bytes are those of the frames, in pieces of any size`, () => {
    for (const piece of [1, 7, 64, capture.length]) {
      const { frames: found, error } = read(capture, piece);
      assert.is(error, undefined);
      assert.equal(
        found.map(({ hex, length, link }) => ({ hex, length, link })),
        frames.map(({ bytes, length = bytes.length }) => ({ hex: bytes.toString('hex'), length, link: 1 })),
      );
      for (const [index, { at }] of found.entries())
        assert.ok(Math.abs(at - frames[index]!.at) < 0.002, String(at));
    }
  });

test('a pcapng capture says how many frames the kernel lost', () => {
  assert.is(read(pcapng(frames, { drops: 17 })).drops, 17);
});

for (const [name, capture] of Object.entries(FORMATS))
  test(`${name}: cut at any byte, it says so, and the frames before are read`, () => {
    const starts = new Set<number>();
    for (let length = 0; length < capture.length; length++) {
      const { frames: found, error } = read(capture.subarray(0, length));
      assert.ok(found.length <= 2);
      // A capture that ends between two items is whole.
      if (error) assert.match(error.message, /cut|no capture/);
      else starts.add(length);
    }
    assert.ok(starts.size <= 5, `${starts.size} whole beginnings`);
  });

test('a length that cannot be is named with its place', () => {
  const huge = pcap(frames);
  huge.writeUInt32LE(0x7fffffff, 24 + 8);
  assert.match(read(huge).error!.message, /byte 24 claims 2147483647 captured bytes, and 262144 is the most/);
  const short = pcapng(frames);
  short.writeUInt32LE(3, 4);
  assert.match(read(short).error!.message, /byte 0 claims a length of 3 bytes/);
  assert.match(read(Buffer.from('GET / HTTP/1.1')).error!.message, /neither pcap nor pcapng/);
  assert.match(read(Buffer.alloc(0)).error!.message, /0 bytes are no capture/);
});

test('a block that is of no interest is skipped without being kept, however long it is', () => {
  const whole = pcapng(frames);
  const long = Buffer.alloc(12);
  long.writeUInt32LE(0x00000bad, 0);
  long.writeUInt32LE(12 + 50_000_000, 4);
  const reader = new CaptureReader({ frame: () => {} });
  reader.push(Buffer.concat([whole, long]));
  const before = process.memoryUsage().arrayBuffers;
  for (let sent = 0; sent < 49_999_996; sent += 1_000_000) reader.push(Buffer.alloc(1_000_000));
  assert.ok(process.memoryUsage().arrayBuffers - before < 60_000_000);
});

/** Spoils a capture at some places. */
const spoilt = fc
  .record({
    format: fc.constantFrom(...Object.values(FORMATS)),
    changes: fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 12,
    }),
    piece: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ format, changes, piece }) => {
    const capture = Buffer.from(format);
    for (const [at, value] of changes) capture[at % capture.length] = value;
    return { capture, piece };
  });

test('a spoilt capture is read, or refused with a reason', () => {
  fc.assert(
    fc.property(spoilt, ({ capture, piece }) => {
      const { error } = read(capture, piece);
      assert.ok(error === undefined || error instanceof CaptureError, String(error));
    }),
    { numRuns: 1000 },
  );
});

test('any bytes as a frame of any link type are no packet, or one within the frame', () => {
  const anyFrame = fc.record({
    link: fc.constantFrom(0, 1, 12, 101, 108, 113, 147, 228, 229, 276),
    start: fc.constantFrom([], [...ethernet(ipv4({}))], [...ipv4({})], [0x60, 0, 0, 0], [0x45, 0]),
    rest: fc.uint8Array({ maxLength: 120 }),
    length: fc.nat(70_000),
  });
  fc.assert(
    fc.property(anyFrame, ({ link, start, rest, length }) => {
      const bytes = Buffer.from([...start, ...rest]);
      const packet = packetIn({ at: 0, link, bytes, length: Math.max(length, bytes.length) });
      if (!packet) return;
      assert.ok(packet.payload.length <= bytes.length);
      assert.ok(packet.length >= 0);
    }),
    { numRuns: 2000 },
  );
});

test('any sequence of frames gives streams with sane figures and printable texts', () => {
  const frame = fc.record({
    from: fc.constantFrom<[string, number]>(['10.0.0.1', 40_000], ['10.0.0.2', 49_152], ['10.0.0.3', 4500]),
    to: fc.constantFrom<[string, number]>(['10.0.0.1', 40_000], ['10.0.0.2', 49_152], ['10.0.0.3', 4500]),
    protocol: fc.constantFrom(6, 6, 6, 17, 50),
    sequence: fc.oneof(fc.nat(5000), fc.integer({ min: 0, max: 0xffffffff })),
    flags: fc.constantFrom(0x10, 0x02, 0x12, 0x11, 0x04),
    head: fc.constantFrom(
      ...[
        'QEVM\0\0\0\x03\x07\0\0\0\x05abc\x1b[',
        '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
        'SSH-2.0-\x1b]0;x',
        '',
      ],
      ...[
        'NBDMAGICIHAVEOPT',
        '\x11\x22\x33\x44\0\0\0\x01',
        '\x01\0\0\0',
        'GET / HTTP/1.1\r\n',
        '\0\0\0\x1c \0\x80\x86\0\0\0\x01',
      ],
    ),
    rest: fc.uint8Array({ maxLength: 60 }),
    at: fc.integer({ min: -100_000, max: 100_000 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 60 }), list => {
      const streams: unknown[] = [];
      const assembly = new Assembly({ canary: Buffer.from('abcd'), reveal: true }, stream => {
        streams.push(stream);
        assert.ok(stream.bytes >= 0 && stream.backBytes >= 0 && stream.endedAt >= stream.startedAt);
        assert.ok(stream.content.entropy >= 0 && stream.content.entropy <= 8.0001);
        for (const text of [...stream.details, stream.from, stream.to, stream.revealed ?? ''])
          assert.match(text, /^[ -~]*$/);
        assert.ok((stream.revealed ?? '').length <= 64 * 4);
      });
      for (const { head, rest, at, ...spec } of list) {
        const payload = Buffer.concat([Buffer.from(head, 'latin1'), rest]);
        const bytes = ethernet(ipv4({ ...spec, payload }));
        assembly.frame({ at: AT + at, link: 1, bytes, length: bytes.length });
      }
      assembly.end();
    }),
    { numRuns: 500 },
  );
});

test('a frame of a time that no clock shows is damage, with its place', () => {
  const capture = pcapng(frames);
  // The resolution of the interface: seconds in place of nanoseconds.
  const at = capture.indexOf(Buffer.from([9, 0, 1, 0, 9])) + 4;
  for (const resolution of [0, 1, 3]) {
    capture[at] = resolution;
    const { frames: found, error } = read(capture);
    assert.equal([found.length, error instanceof CaptureError], [0, true]);
    assert.match(error!.message, /^the frame at byte \d+ has a time that is not between 1970 and 9999/);
  }
});

test.run();
