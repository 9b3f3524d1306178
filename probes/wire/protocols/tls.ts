import { type Certificate, certificateIn } from './certificate.js';
import { asciiIn, Cursor } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * TLS: a ClientHello in handshake records. The version and the cipher are those of the ServerHello, the version of TLS 1.3
 * that of its extension `supported_versions`. Up to TLS 1.2 the server's certificate follows in clear; TLS 1.3 encrypts it.
 * A client that offers HTTP by ALPN is HTTPS and not a migration.
 *
 * Not to be trusted for: what is inside. QEMU's own TLS, libvirt's, and any other without ALPN look the same.
 * Reference: RFC 8446 (4.1, 4.2.1, 5.1), RFC 5246 (7.4.2), RFC 6066 (SNI), RFC 7301 (ALPN).
 */
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
const MAX_RECORD = 16_384 + 2048;
const MAX_LIST = 64;

const VERSIONS: Readonly<Record<number, string>> = {
  768: 'SSL 3.0',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};

/** The names of IANA without their `TLS_`; others are shown as numbers. */
const CIPHERS: Readonly<Record<number, string>> = {
  4865: 'AES_128_GCM_SHA256',
  4866: 'AES_256_GCM_SHA384',
  4867: 'CHACHA20_POLY1305_SHA256',
  4868: 'AES_128_CCM_SHA256',
  156: 'RSA_WITH_AES_128_GCM_SHA256',
  157: 'RSA_WITH_AES_256_GCM_SHA384',
  158: 'DHE_RSA_WITH_AES_128_GCM_SHA256',
  159: 'DHE_RSA_WITH_AES_256_GCM_SHA384',
  49195: 'ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  49196: 'ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  49199: 'ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  49200: 'ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  52392: 'ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  52393: 'ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
};

export const tls: Recogniser = {
  name: 'tls',
  looksFor: 'a TLS ClientHello; version, cipher, names and up to TLS 1.2 the certificate',
  recognise({ transport, client, server }) {
    const hello = transport === 'tcp' ? messageIn(client, CLIENT_HELLO) : undefined;
    const offer = hello && clientHello(hello);
    if (!offer) return undefined;
    const answer = messageIn(server, SERVER_HELLO);
    const choice = answer && serverHello(answer);
    const isHttp = offer.protocols.some(name => name === 'h2' || name.startsWith('http/'));
    return {
      protection: 'tls',
      migration: offer.protocols.length > 0 ? 'no' : 'possible',
      details: [
        ...(isHttp ? ['HTTPS'] : []),
        ...(choice
          ? [VERSIONS[choice.version] ?? `TLS version ${hex(choice.version)}`]
          : ['TLS, no answer seen']),
        ...(choice ? [CIPHERS[choice.cipher] ?? `cipher ${hex(choice.cipher)}`] : []),
        ...(offer.serverName === undefined ? [] : [`name ${offer.serverName}`]),
        ...(offer.protocols.length === 0 ? [] : [`ALPN ${offer.protocols.join(', ')}`]),
        ...(choice ? [certificateWords(choice.version, server)] : []),
      ],
    };
  },
};

function certificateWords(version: number, server: Uint8Array): string {
  if (version >= 0x0304) return 'TLS 1.3 hides the certificate';
  const certificate = certificateOf(server);
  return certificate
    ? `certificate ${certificate.subject}, expires ${certificate.expires}`
    : 'certificate not captured';
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

/** The handshake messages in the records at the beginning, joined, as far as the bytes go. */
function handshake(bytes: Uint8Array): Uint8Array {
  const cursor = new Cursor(bytes);
  const parts: Uint8Array[] = [];
  while (cursor.number(1) === HANDSHAKE) {
    const [major, minor, length] = [cursor.number(1), cursor.number(1), cursor.number(2)];
    if (major !== 3 || minor === undefined || minor > 4 || length === undefined || length > MAX_RECORD) break;
    parts.push(cursor.takeUpTo(length));
  }
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The first message of a type, cut where the bytes end. */
function messageIn(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  const cursor = new Cursor(handshake(bytes));
  for (;;) {
    const type = cursor.number(1);
    if (type === undefined) return undefined;
    const body = cursor.vectorSoFar(3);
    if (type === wanted) return body;
  }
}

function clientHello(bytes: Uint8Array): { serverName: string | undefined; protocols: string[] } | undefined {
  const cursor = new Cursor(bytes);
  const version = cursor.number(2);
  const random = cursor.take(32);
  if (version === undefined || version >> 8 !== 3 || !random) return undefined;
  for (const size of [1, 2, 1] as const) cursor.vector(size);
  const extensions = extensionsIn(cursor);
  const names = extensions.get(SERVER_NAME);
  const list = names && new Cursor(names, 3);
  const protocols = extensions.get(ALPN);
  return {
    serverName: asciiIn(list?.vector(2)),
    protocols: protocols ? namesIn(new Cursor(protocols, 2)) : [],
  };
}

function serverHello(bytes: Uint8Array): { version: number; cipher: number } | undefined {
  const cursor = new Cursor(bytes);
  const legacy = cursor.number(2);
  cursor.take(32);
  cursor.vector(1);
  const cipher = cursor.number(2);
  cursor.number(1);
  if (legacy === undefined || cipher === undefined) return undefined;
  const versions = extensionsIn(cursor).get(SUPPORTED_VERSIONS);
  return { version: (versions && new Cursor(versions).number(2)) ?? legacy, cipher };
}

function certificateOf(server: Uint8Array): Certificate | undefined {
  const message = messageIn(server, CERTIFICATE);
  const first = message && new Cursor(message, 3).vectorSoFar(3);
  return first && certificateIn(first);
}

function extensionsIn(cursor: Cursor): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const list = new Cursor(cursor.vectorSoFar(2) ?? new Uint8Array());
  while (list.left > 0 && found.size < MAX_LIST) {
    const type = list.number(2);
    const body = list.vector(2);
    if (type === undefined || !body) break;
    found.set(type, body);
  }
  return found;
}

function namesIn(list: Cursor): string[] {
  const names: string[] = [];
  while (list.left > 0 && names.length < 4) {
    const name = asciiIn(list.vector(1));
    if (name === undefined) break;
    names.push(name);
  }
  return names;
}
