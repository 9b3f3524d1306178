import { safeJson } from '../core/format/safe-json.js';
import { parseTarget, type TargetSpec } from './targets.js';

const EXPECTED = 'write http://host/path, or TARGET=http://host/path';

/** What a URL of a target is for: the field that holds it, and its names in sentences. */
const STREAM = { field: 'stream', name: 'stream', missing: 'which serves no stream' } as const;
const DATE = { field: 'dateUrl', name: 'HTTP clock', missing: 'which has no HTTP server' } as const;
type Purpose = typeof STREAM | typeof DATE;

/**
 * Adds the streams that viewers play, `[TARGET=]URL`, to the targets: to the target of that name, or to the target on the
 * URL's host, or to that host as a new target. Throws a RangeError that says what is wrong.
 */
export function withStreams(targets: readonly TargetSpec[], texts: readonly string[]): TargetSpec[] {
  return texts.reduce((all, text) => withUrl(all, text, STREAM), [...targets]);
}

/** Adds the URLs whose `Date` is read as a clock, in the same way. */
export function withDateUrls(targets: readonly TargetSpec[], texts: readonly string[]): TargetSpec[] {
  return texts.reduce((all, text) => withUrl(all, text, DATE), [...targets]);
}

function withUrl(targets: TargetSpec[], text: string, purpose: Purpose): TargetSpec[] {
  const { field, name, missing } = purpose;
  const { label, url } = parseUrl(text, purpose);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const found = targets.find(spec => (label === undefined ? serves(spec, host) : isCalled(spec, label)));
  if (!found && label !== undefined)
    throw new RangeError(
      `${safeJson(text)} names a target that is not watched: none is called ${safeJson(label)}`,
    );
  if (!found) return [...targets, { ...parseTarget(host), [field]: url.href }];
  if (found.scheme === 'sim') throw new RangeError(`${safeJson(text)} is for a simulated VM, ${missing}`);
  if (found[field] !== undefined)
    throw new RangeError(`${safeJson(text)} is a second ${name} of ${safeJson(found.name)}: name only one`);
  return targets.map(spec => (spec === found ? { ...spec, [field]: url.href } : spec));
}

function parseUrl(text: string, { name }: Purpose): { label?: string; url: URL } {
  const [, label, address = ''] = /^(?:([^=/]+)=)?(https?:\/\/.+)$/i.exec(text.trim()) ?? [];
  if (!URL.canParse(address))
    throw new RangeError(`${safeJson(text)} is not a${name === 'stream' ? '' : 'n'} ${name}: ${EXPECTED}`);
  const url = new URL(address);
  if (url.username || url.password)
    throw new RangeError(
      `the ${name} of ${url.host} has a user name or password: leave it out, since URLs are shown and recorded`,
    );
  url.hash = '';
  return { ...(label !== undefined && { label }), url };
}

function serves({ host, scheme }: TargetSpec, name: string): boolean {
  return scheme !== 'sim' && host.toLowerCase() === name;
}

function isCalled({ name, id }: TargetSpec, label: string): boolean {
  return name === label || id === label;
}
