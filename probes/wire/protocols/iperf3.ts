import { latin } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * iperf3: each connection begins with the test's cookie, 36 characters of base 32 and a zero byte. A bulk transfer in one
 * direction between two hosts, often hypervisors: the likeliest look-alike of a migration.
 *
 * Not to be trusted for: iperf2, which has no cookie.
 * Reference: esnet/iperf, src/iperf_util.c, make_cookie.
 */
const COOKIE = /^[a-z2-7]{36}\0/;

export const iperf3: Recogniser = {
  name: 'iperf3',
  looksFor: 'the cookie of iperf3',
  recognise({ transport, client }) {
    if (transport !== 'tcp' || !COOKIE.test(latin(client.subarray(0, 37)))) return undefined;
    return { protection: 'clear', migration: 'no', details: ['iperf3'] };
  },
};
