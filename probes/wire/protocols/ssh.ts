import { latin } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * SSH: each side begins with its version, `SSH-2.0-…`, on a line of its own.
 *
 * Not to be trusted for: what is inside. A tunnel for a migration, a copy of a file and a backup look the same.
 * Reference: RFC 4253, 4.2.
 */
const BANNER = /^SSH-(?:2\.0|1\.99)-[ -~]{1,120}/;

export const ssh: Recogniser = {
  name: 'ssh',
  looksFor: 'the version line of SSH',
  recognise({ transport, client, server }) {
    if (transport !== 'tcp') return undefined;
    const [own, other] = [client, server].map(bytes => BANNER.exec(latin(bytes.subarray(0, 140)))?.[0]);
    const banner = other ?? own;
    if (banner === undefined) return undefined;

    return { protection: 'ssh', migration: 'possible', details: [banner.trimEnd()] };
  },
};
