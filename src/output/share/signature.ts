import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { utc } from '../../core/format/utc.js';
import type { Millis } from '../../core/sample.js';

/**
 * A signature is the last line of a page. It covers every byte before it, and the time; so nothing can be changed, added after
 * it, or moved to another page.
 */
const LINE =
  /^<!-- migwatch-signature 1 at=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) key=([A-Za-z0-9+/]{59}=) sig=([A-Za-z0-9+/]{86}==) -->\n$/;
const OPENING = '<!-- migwatch-signature ';
/** Longer than any line of a signature. */
const MAX_LINE = 400;

/** What a page says about its signature, checked against its bytes. */
export type Verdict =
  | { state: 'unsigned' }
  | { state: 'changed'; why: string }
  | { state: 'signed'; fingerprint: string; at: string; bytes: number; sha256: string };

/** A new key pair as PEM. */
export function newKeyPair(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** An Ed25519 key that signs. Throws an Error for any other text. */
export function signingKey(pem: string): KeyObject {
  return ed25519(
    () => createPrivateKey(pem),
    'a private Ed25519 key as PEM: make one with migwatch share --keygen FILE',
  );
}

/** The fingerprint of a key as PEM, public or private. Throws an Error for any other text. */
export function fingerprintOfPem(pem: string): string {
  return fingerprintOf(
    ed25519(() => createPublicKey(pem), 'an Ed25519 key as PEM, or a fingerprint SHA256:…'),
  );
}

/** The fingerprint of a key: the SHA-256 of its public part in DER (SubjectPublicKeyInfo), as base64. */
export function fingerprintOf(key: KeyObject): string {
  return fingerprintOfDer(derOf(key));
}

/** The page with its signature. */
export function signed(page: string, key: KeyObject, at: Millis): string {
  const [time, der] = [utc(at), derOf(key)];
  const signature = sign(null, statement(Buffer.from(page), time), key);
  return `${page}${OPENING}1 at=${time} key=${der.toString('base64')} sig=${signature.toString('base64')} -->\n`;
}

/** Checks the signature of a page. */
export function verdictOn(page: Buffer): Verdict {
  const start = page.lastIndexOf(OPENING);
  if (start < 0) return { state: 'unsigned' };
  const [, at, key, signature] = LINE.exec(page.subarray(start, start + MAX_LINE).toString('latin1')) ?? [];
  const [der, sig] = [bytesOf(key), bytesOf(signature)];
  if (at === undefined || !der || !sig)
    return { state: 'changed', why: 'its last line is not a whole signature' };
  const body = page.subarray(0, start);
  if (!isValid(statement(body, at), der, sig))
    return { state: 'changed', why: 'its bytes, the time or the key are not those that were signed' };
  return {
    state: 'signed',
    fingerprint: fingerprintOfDer(der),
    at,
    bytes: body.length,
    sha256: hashOf(body),
  };
}

/** What is signed: a text that no other use of the key signs. */
function statement(body: Buffer, time: string): Buffer {
  return Buffer.from(`migwatch shared page, version 1\n${hashOf(body)}\n${time}\n`);
}

/**
 * Undefined for a text that is not exactly what these bytes are written as: the last digit of base64 has bits that decoding
 * ignores, and a change of these is a change of the page.
 */
function bytesOf(base64: string | undefined): Buffer | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}

function isValid(text: Buffer, der: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, text, key, signature);
  } catch {
    return false;
  }
}

function ed25519(make: () => KeyObject, expected: string): KeyObject {
  let key: KeyObject;
  try {
    key = make();
  } catch (cause) {
    throw new Error(`not a readable key: expected ${expected}`, { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`a key of the type ${key.asymmetricKeyType}: expected ${expected}`);
  return key;
}

function derOf(key: KeyObject): Buffer {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return open.export({ type: 'spki', format: 'der' });
}

function fingerprintOfDer(der: Buffer): string {
  return `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`;
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
