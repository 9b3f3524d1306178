import { asciiIn, Cursor, latin } from './cursor.js';

/** What an X.509 certificate in DER says about its owner, as far as its bytes go. Nothing of it is verified. */
export interface Certificate {
  /** Such as `CN=host-b, O=Example`. */
  subject: string;
  /** The end of its validity, such as `2027-11-22`. */
  expires: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;
const GENERALIZED_TIME = 0x18;
/** The attributes of a name by the last byte of their object identifier 2.5.4.x. */
const ATTRIBUTES: Readonly<Record<number, string>> = { 3: 'CN', 10: 'O', 11: 'OU' };
const MAX_PARTS = 4;

/** Reads RFC 5280, 4.1. Undefined if it is not one, or too much is missing. */
export function certificateIn(der: Uint8Array): Certificate | undefined {
  const signed = inner(new Cursor(der), SEQUENCE);
  const body = signed && inner(signed, SEQUENCE);
  if (!body) return undefined;
  let field = element(body);
  if (field?.tag === VERSION) field = element(body);
  // The serial number was it; the algorithm and the issuer follow.
  for (let skipped = 0; skipped < 2; skipped++) field = element(body);
  const validity = field && inner(body, SEQUENCE);
  const name = validity && inner(body, SEQUENCE);
  if (!validity || !name) return undefined;
  element(validity);
  const until = element(validity);
  return { subject: subjectIn(name), expires: until ? dateIn(until) : '?' };
}

interface Element {
  tag: number;
  body: Uint8Array;
}

/** The next element, cut where the bytes end. */
function element(cursor: Cursor): Element | undefined {
  const [tag, first] = [cursor.number(1), cursor.number(1)];
  if (tag === undefined || first === undefined) return undefined;
  const length = first < 0x80 ? first : longLength(cursor, first & 0x7f);
  return length === undefined ? undefined : { tag, body: cursor.takeUpTo(length) };
}

function longLength(cursor: Cursor, size: number): number | undefined {
  return size === 1 || size === 2 || size === 3 ? cursor.number(size) : undefined;
}

function inner(cursor: Cursor, tag: number): Cursor | undefined {
  const found = element(cursor);
  return found?.tag === tag ? new Cursor(found.body) : undefined;
}

function subjectIn(name: Cursor): string {
  const parts: string[] = [];
  while (name.left > 0 && parts.length < MAX_PARTS) {
    const set = inner(name, SET);
    const pair = set && inner(set, SEQUENCE);
    const type = pair && element(pair);
    const value = pair && element(pair);
    if (!type || !value) break;
    const [a, b, c] = type.body;
    const label = a === 0x55 && b === 0x04 ? ATTRIBUTES[c!] : undefined;
    const text = asciiIn(value.body);
    if (label !== undefined && text !== undefined) parts.push(`${label}=${text}`);
  }
  return parts.join(', ') || '(no name)';
}

/** `YYMMDD…` is of the years 1950 to 2049 (RFC 5280, 4.1.2.5.1). */
function dateIn({ tag, body }: Element): string {
  const text = latin(body);
  const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const [, year, month, day] =
    /^(\d{4})(\d\d)(\d\d)/.exec(tag === GENERALIZED_TIME ? text : century + text) ?? [];
  return year === undefined ? '?' : `${year}-${month}-${day}`;
}
