import { Cursor } from './cursor.js';
import { MAGIC } from './qemu.js';
import type { Recogniser } from './recogniser.js';

/*
 * libvirt's RPC in clear (port 16509 by default): be32 length, be32 program 0x20008086 (remote) or 0x20008087 (qemu), be32 version
 * 1. A migration with --tunnelled travels in its stream packets (type 3); the header of QEMU's stream within proves it.
 *
 * Not to be trusted for: migrations that are not tunnelled; then only the orders travel here. With TLS (port 16514) or SSH, which
 * are the rule, nothing of it can be read.
 * Reference: libvirt, docs/kbase/internals/rpc, src/rpc/virnetprotocol.x.
 */
const PROGRAMS = [0x20008086, 0x20008087];
/** VIR_NET_MESSAGE_MAX, and the length itself. */
const MAX_MESSAGE = 33_554_432 + 4;
const LEAST = 28;

export const libvirt: Recogniser = {
  name: 'libvirt',
  looksFor: 'libvirt’s RPC in clear, and the header of a QEMU stream in its stream packets',
  recognise({ transport, client }) {
    const cursor = new Cursor(client);
    const [length, program, version] = [cursor.number(4), cursor.number(4), cursor.number(4)];
    if (transport !== 'tcp' || length === undefined || length < LEAST || length > MAX_MESSAGE)
      return undefined;
    if (!PROGRAMS.includes(program!) || version !== 1) return undefined;
    return { protection: 'clear', migration: 'no', details: ['libvirt RPC'], proof: MAGIC };
  },
};
