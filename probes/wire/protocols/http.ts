import { latin } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * HTTP/1 in clear: a request line from the client, or a status line from the server. Looks like a migration by its volume only.
 *
 * Not to be trusted for: HTTP/2 in clear, which begins with PRI.
 * Reference: RFC 9112, 3 and 4.
 */
const REQUEST = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|PRI) \S/;
const STATUS = /^HTTP\/1\.[01] \d{3}/;

export const http: Recogniser = {
  name: 'http',
  looksFor: 'a request line or a status line of HTTP',
  recognise({ transport, client, server }) {
    const isHttp = REQUEST.test(latin(client.subarray(0, 16))) || STATUS.test(latin(server.subarray(0, 16)));
    if (transport !== 'tcp' || !isHttp) return undefined;
    return { protection: 'clear', migration: 'no', details: ['HTTP'] };
  },
};
