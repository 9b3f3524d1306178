import { Cursor } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * A further channel of a QEMU migration with the capability `multifd`: be32 magic 0x11223344, be32 version 1, the UUID of the VM,
 * and the channel's number. Pages follow without headers of their own.
 *
 * Not to be trusted for: the VM's identity, since the UUID is all zeros where none was given.
 * Reference: QEMU, migration/multifd.c, MultiFDInit_t.
 */
const MAGIC = 0x11223344;
const VERSION = 1;

export const multifd: Recogniser = {
  name: 'multifd',
  looksFor: 'a multifd channel of QEMU: 0x11223344, version 1, UUID, channel',
  recognise({ transport, client }) {
    const cursor = new Cursor(client);
    if (transport !== 'tcp' || cursor.number(4) !== MAGIC || cursor.number(4) !== VERSION) return undefined;
    const uuid = cursor.take(16);
    const isNamed = uuid?.some(byte => byte !== 0);
    return {
      protection: 'clear',
      migration: 'yes',
      details: ['multifd', ...(uuid && isNamed ? [`UUID ${uuidText(uuid)}`] : [])],
    };
  },
};

function uuidText(bytes: Uint8Array): string {
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
