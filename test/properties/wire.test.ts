import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFrame } from '../../probes/announce/frames.js';
import { readNtpAnswer, readNtpRequest } from '../../probes/clock/ntp.js';
import { readSyn, readSynAck, SYN_BYTES, writeSyn } from '../../probes/clock/segment.js';
import {
  DAY_MS,
  readTimestampReply,
  readTimestampRequest,
  TIMESTAMP_BYTES,
  within,
  writeTimestampRequest,
} from '../../probes/clock/timestamp.js';
import { EchoReader, MESSAGE_BYTES, number, writeRequest } from '../../probes/icmp/wire.js';
import { addressText, ipv4HeaderBytes } from '../../probes/net/packet.js';
import { pack, unpack } from '../../probes/thread/codec.js';
import { probed } from '../support/arbitrary.js';

const test = suite('properties of what is on the wire');
const packet = fc.uint8Array({ maxLength: 120 });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes of a kind that is nearly right: random ones seldom get past the first check. */
function nearly(start: readonly number[]): fc.Arbitrary<Uint8Array> {
  return packet.map(rest => Uint8Array.from([...start, ...rest]));
}

const frames = fc.oneof(
  packet,
  ...[
    [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0],
    [0x80, 0x35, 0, 1, 8, 0, 6, 4, 0],
    [0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255],
  ].map(type => nearly([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...type])),
);

test('no frame makes the reader throw or read past its end, and addresses are well-formed', () => {
  fc.assert(
    fc.property(frames, bytes => {
      const told = readFrame(viewOf(bytes), 0, bytes.length);
      if (!told) return;
      assert.match(told.mac, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      assert.is(told.address === undefined, told.via === 'rarp');
    }),
  );
});

test('no message makes the readers throw, and no message without our token is an answer', () => {
  const message = fc.oneof(packet, nearly([0, 0]), nearly([129, 0]), nearly([14, 0, 0, 0, 1, 2]));
  const identity = { family: 4 as const, id: 0x0102, token: [0x13579bdf, 0x2468ace0] as const, index: 0 };
  const reader = new EchoReader();
  fc.assert(
    fc.property(message, bytes => {
      const view = viewOf(bytes);
      for (const type of [0, 129]) {
        const isEcho = reader.read(view, 0, bytes.length, type);
        assert.not.ok(isEcho && reader.carries(identity));
      }
      const clock = readTimestampReply(view, 0, bytes.length, 0x0102);
      if (clock) assert.ok(clock.remoteMs >= -DAY_MS / 4 && clock.remoteMs < 1.25 * DAY_MS);
      readSynAck(view, 0, bytes.length, 20_000);
      readSyn(view, 0, bytes.length, 20_000);
      const ntp = readNtpAnswer(view, 0, bytes.length);
      if (ntp && !ntp.refusal) assert.ok(Number.isFinite(ntp.remoteMs) && ntp.heldMs >= 0);
      readNtpRequest(view, 0, bytes.length);
      assert.ok(ipv4HeaderBytes(view, 0, bytes.length) >= 0);
    }),
  );
});

test('a request is read back as it was written', () => {
  const reader = new EchoReader();
  fc.assert(
    fc.property(
      fc.record({ id: uint16, token: fc.tuple(uint32, uint32), index: uint32, seq: uint32 }),
      ({ id, token, index, seq }) => {
        const view = new DataView(new ArrayBuffer(MESSAGE_BYTES));
        const identity = { family: 4 as const, id, token, index };
        writeRequest(view, 0, identity);
        number(view, 0, seq);
        assert.ok(reader.read(view, 0, MESSAGE_BYTES, 8) && reader.carries(identity));
        assert.equal([reader.id, reader.seq, reader.wireSeq], [id, seq, seq % 65536]);
        // RFC 1071: over a message with its checksum the sum is all ones.
        let sum = 0;
        for (let at = 0; at < MESSAGE_BYTES; at += 2) sum += view.getUint16(at);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
        assert.is(sum, 0xffff);
      },
    ),
  );
  fc.assert(
    fc.property(uint16, uint16, uint32, (id, seq, nonce) => {
      const view = new DataView(new ArrayBuffer(TIMESTAMP_BYTES));
      writeTimestampRequest(view, 0, { id, seq, nonce });
      assert.is(readTimestampRequest(view, 0, TIMESTAMP_BYTES, id), nonce);
    }),
  );
  fc.assert(
    fc.property(uint16, uint16, uint32, (from, to, isn) => {
      const view = new DataView(new ArrayBuffer(SYN_BYTES));
      writeSyn(view, 0, { from, to, isn });
      assert.is(readSyn(view, 0, SYN_BYTES, from), isn);
    }),
  );
});

test('a clock is followed when it wraps around, after a day or 32 bits', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(DAY_MS, 2 ** 32),
      fc.integer({ min: 0, max: 2 ** 32 }),
      fc.integer({ min: -40_000_000, max: 40_000_000 }),
      (period, from, step) => {
        const wrapped = (value: number) => ((value % period) + period) % period;
        assert.is(within(wrapped(from + step) - wrapped(from), period), step);
      },
    ),
  );
});

test('addresses are spelt so that Node reads them back as the same', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.nat(15),
      fc.nat(15),
      (bytes, from, to) => {
        bytes.fill(0, Math.min(from, to), Math.max(from, to));
        const text = addressText(viewOf(bytes), 0, 6);
        const spelt = new URL(`http://[${text}]`).hostname.slice(1, -1);
        assert.is(text, spelt);
      },
    ),
  );
});

test('samples cross from the thread unchanged', () => {
  const index = new Map([
    ['vm', 0],
    ['db', 1],
    ['__proto__', 2],
  ]);
  fc.assert(
    fc.property(probed, all => {
      assert.equal(unpack(pack(all, index), [...index.keys()]), all);
    }),
  );
});

test.run();
