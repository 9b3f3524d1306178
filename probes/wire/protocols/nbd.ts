import { beginsWith, Cursor } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * NBD, by which the storage of a VM is copied beside a migration: the server begins with `NBDMAGIC`, then `IHAVEOPT`. The client
 * may then ask for TLS (option 5).
 *
 * Not to be trusted for: a migration. Disks are copied and served by NBD without one.
 * Reference: NetworkBlockDevice/nbd, doc/proto.md.
 */
const START_TLS = 5;

export const nbd: Recogniser = {
  name: 'nbd',
  looksFor: 'the greeting of an NBD server: NBDMAGIC',
  recognise({ transport, client, server }) {
    if (transport !== 'tcp' || !beginsWith(server, 'NBDMAGIC')) return undefined;
    // The client's flags, then IHAVEOPT and the option.
    const option = beginsWith(client.subarray(4), 'IHAVEOPT') ? new Cursor(client, 12).number(4) : undefined;
    const isTls = option === START_TLS;
    return {
      protection: isTls ? 'tls' : 'clear',
      migration: 'no',
      details: [isTls ? 'copy of storage over NBD, TLS asked for' : 'copy of storage over NBD'],
    };
  },
};
