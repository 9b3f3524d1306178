import { isIP } from 'node:net';
import { safeJson } from '../core/format/safe-json.js';
import type { TargetId } from '../core/sample.js';

/** A TARGET of the command line, parsed but not resolved. */
export interface TargetSpec {
  /** The target's identity: the text without its label. */
  id: TargetId;
  name: string;
  /** A host name or address; the name of a simulated target. */
  host: string;
  scheme: 'icmp' | 'tcp' | 'sim';
  port?: number;
  /** The URL of the stream that a viewer plays. */
  stream?: string;
  /** The URL of a server on the target whose `Date` is read as its clock. */
  dateUrl?: string;
}

const EXPECTED = 'write host, label=host, tcp://host:port, IPv6 address or sim:NAME';

/** Reads `host`, `label=host`, `tcp://host:port`, an IPv6 address, `sim:NAME`. Throws a RangeError that says what is wrong. */
export function parseTarget(text: string): TargetSpec {
  const { label, id } = splitLabel(text.trim());
  const spec = parseHost(id, text);
  return { ...spec, id, name: label ?? spec.name };
}

/** Reads a list file: one TARGET a line, `#` starts a comment. */
export function parseTargetList(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(Boolean);
}

/** Throws a RangeError for two targets with one identity, which output lines could not distinguish. */
export function parseTargets(texts: readonly string[]): TargetSpec[] {
  const seen = new Map<TargetId, string>();
  return texts.map(text => {
    const spec = parseTarget(text);
    const earlier = seen.get(spec.id);
    if (earlier !== undefined)
      throw new RangeError(`${safeJson(text)} names the same target as ${safeJson(earlier)}: name it once`);
    seen.set(spec.id, text);
    return spec;
  });
}

function splitLabel(text: string): { label?: string; id: string } {
  const at = text.indexOf('=');
  if (at < 0) return { id: text };
  if (at === 0 || at === text.length - 1)
    throw new RangeError(`${safeJson(text)} lacks a ${at ? 'host' : 'label'}: ${EXPECTED}`);
  return { label: text.slice(0, at), id: text.slice(at + 1) };
}

function parseHost(id: string, text: string): Omit<TargetSpec, 'id'> {
  if (id.startsWith('sim:')) {
    const name = id.slice(4);
    if (!name) throw new RangeError(`${safeJson(text)} lacks the simulated VM's name: ${EXPECTED}`);
    return { name, host: name, scheme: 'sim' };
  }
  if (id.startsWith('tcp://')) return parseTcp(id, text);
  if (isIP(id) || isHostName(id)) return { name: id, host: id, scheme: 'icmp' };
  if (/^https?:/i.test(id))
    throw new RangeError(`${safeJson(text)} is a stream: write --stream ${safeJson(id)}`);
  const bare = id.replace(/^\[(.*)\]$/, '$1');
  if (bare !== id && isIP(bare) === 6) return { name: bare, host: bare, scheme: 'icmp' };
  throw new RangeError(`${safeJson(text)} is not a target: ${EXPECTED}`);
}

function parseTcp(id: string, text: string): Omit<TargetSpec, 'id'> {
  const [, bracketed, plain, digits] = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d+)$/.exec(id) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (!(isIP(host) || isHostName(host)) || !(port >= 1 && port <= 65535))
    throw new RangeError(
      `${safeJson(text)} is not a TCP target: write tcp://host:port with a port from 1 to 65535`,
    );
  return { name: id.slice(6), host, scheme: 'tcp', port };
}

/** RFC 1123 host names, and the underscore that many networks use anyway. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  const allDigits = /^[\d.]+$/.test(text);
  return (
    text.length <= 253 &&
    !allDigits &&
    labels.every(label => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label))
  );
}
