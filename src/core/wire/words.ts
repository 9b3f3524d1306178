import { duration } from '../format/duration.js';
import { bytes, percent } from '../format/units.js';
import type { Protection } from './answers.js';
import { type Canary, type WireStream, zeroShareOf } from './stream.js';

/** How a stream travelled, in a column. */
export const TRAVELLED: Readonly<Record<Protection, string>> = {
  clear: 'in clear',
  tls: 'TLS',
  esp: 'IPsec ESP',
  wireguard: 'WireGuard',
  ssh: 'SSH',
  unknown: 'unknown',
};

/** What an event needs of its stream. */
export type StreamFigures = Pick<
  WireStream,
  'bytes' | 'startedAt' | 'endedAt' | 'protection' | 'migration'
> & {
  canary?: Pick<Canary, 'count'>;
};

/** `312 MB in 4.1 s, in clear, readable (canary found 14 times)`. */
export function streamWords(stream: StreamFigures): string {
  const { startedAt, endedAt, protection, migration, canary } = stream;
  const isReadable = protection === 'clear' && migration === 'yes';
  return [
    `${bytes(stream.bytes)} in ${duration(endedAt - startedAt)}`,
    `${TRAVELLED[protection]}${isReadable ? ', readable' : ''}${canary ? ` (${canaryWords(canary)})` : ''}`,
    ...(migration === 'likely' ? ['likely a migration'] : []),
  ].join(', ');
}

export function canaryWords({ count }: Pick<Canary, 'count'>): string {
  if (count === 0) return 'canary not found';
  return `canary found ${count === 1 ? 'once' : `${count} times`}`;
}

/** What a sample of the payload is made of, where that says something; empty for one that is encrypted. */
export function contentWords({
  protection,
  protocol,
  captured,
  bytes: sent,
  backBytes,
  content,
}: WireStream): string {
  if (protection !== 'clear' || content.sampled === 0) return '';
  const read = Math.min(1, captured / Math.max(1, sent + backBytes));
  return [
    `read ${percent(read)} of the payload`,
    ...(protocol === 'qemu' ? [`pages of zeros ${percent(zeroShareOf(content))}`] : []),
    `text ${percent(content.textShare)}`,
  ].join(', ');
}
