import { safeJson } from '../core/format/safe-json.js';
import { parseTarget, type TargetSpec } from './targets.js';

const EXPECTED = 'write http://host/path, or TARGET=http://host/path';

/**
 * Gives the targets the streams that viewers are to play, `[TARGET=]URL`: each to the target of that name, else to the
 * one whose host is the URL's, else to that host, which is watched then too. Throws a RangeError that says what is
 * wrong.
 */
export function withStreams(targets: readonly TargetSpec[], texts: readonly string[]): TargetSpec[] {
  return texts.reduce(withStream, [...targets]);
}

function withStream(targets: TargetSpec[], text: string): TargetSpec[] {
  const { label, url } = parseStream(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const found = targets.find(spec => (label === undefined ? serves(spec, host) : isCalled(spec, label)));
  if (!found && label !== undefined)
    throw new RangeError(`${safeJson(text)} is for no target: none is called ${safeJson(label)}`);
  if (!found) return [...targets, { ...parseTarget(host), stream: url.href }];
  if (found.scheme === 'sim')
    throw new RangeError(`${safeJson(text)} is for a simulated VM, which serves no stream`);
  if (found.stream !== undefined)
    throw new RangeError(`${safeJson(text)} is a second stream of ${safeJson(found.name)}: name one`);
  return targets.map(spec => (spec === found ? { ...spec, stream: url.href } : spec));
}

function parseStream(text: string): { label?: string; url: URL } {
  const [, label, address = ''] = /^(?:([^=/]+)=)?(https?:\/\/.+)$/i.exec(text.trim()) ?? [];
  if (!URL.canParse(address)) throw new RangeError(`${safeJson(text)} is no stream: ${EXPECTED}`);
  const url = new URL(address);
  if (url.username || url.password)
    throw new RangeError(
      `a stream of ${url.host} with a user name: leave it out, URLs are shown and recorded`,
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
