import { statSync } from 'node:fs';
import { parseHosts, parseWire, WIRE_FORM, type WireSpec } from '../../probes/wire/spec.js';
import { parseDuration } from '../core/format/duration.js';
import type { Millis } from '../core/sample.js';
import { UsageError } from '../core/validation/usage-error.js';
import { IN_CLEAR } from './fail-on.js';
import type { FlagValues } from './flags.js';
import type { WatchPlan } from './plan.js';
import { texts } from './settings.js';

/** What `migwatch wire` does, checked. */
export interface WirePlan {
  /** A capture file, `-` for standard input, or an interface. */
  from: { kind: 'file'; path: string } | { kind: 'interface'; spec: WireSpec };
  hosts: readonly string[];
  canary: Buffer | undefined;
  reveal: boolean;
  durationMs: Millis | undefined;
  failInClear: boolean;
  json: boolean;
  ascii: boolean;
  utc: boolean;
}

const MIN_CANARY = 4;
const MAX_CANARY = 256;

/** Throws a UsageError that says what is wrong. */
export function readWirePlan(words: readonly string[], flags: FlagValues): WirePlan {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0)
    throw new UsageError(`name one capture file or one interface: migwatch wire FILE.pcap, or ${WIRE_FORM}`);
  const failOn = flags['fail-on'];
  if (failOn !== undefined && failOn !== IN_CLEAR)
    throw new UsageError(`migwatch wire takes --fail-on ${IN_CLEAR}, not "${failOn}"`);
  try {
    const from = sourceOf(word);
    const between = typeof flags.between === 'string' ? parseHosts(flags.between) : [];
    return {
      from,
      hosts: from.kind === 'interface' ? [...from.spec.hosts, ...between] : between,
      canary: readCanary(flags.canary as string | undefined),
      reveal: flags.reveal === true,
      durationMs: typeof flags.duration === 'string' ? parseDuration(flags.duration) : undefined,
      failInClear: failOn === IN_CLEAR,
      json: flags.json === true || flags.headless === true,
      ascii: flags.ascii === true,
      utc: flags.utc === true,
    };
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

/** What `--wire` of a session asks for. Throws a RangeError that says what is wrong. */
export function readWire(flags: FlagValues): WatchPlan['wire'] {
  const canary = readCanary(flags.canary as string | undefined);
  const specs = texts(flags.wire).map(parseWire);
  if (canary && specs.length === 0)
    throw new RangeError('--canary is searched in streams on the network: add --wire IFACE');
  return { specs, ...(canary && { canary }) };
}

/** The bytes to search for. Throws a RangeError for a text that would be found by chance, or is longer than a packet. */
export function readCanary(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  if (bytes.length >= MIN_CANARY && bytes.length <= MAX_CANARY) return bytes;
  throw new RangeError(`--canary must have ${MIN_CANARY} to ${MAX_CANARY} bytes, not ${bytes.length}`);
}

function sourceOf(word: string): WirePlan['from'] {
  return isFile(word) ? { kind: 'file', path: word } : { kind: 'interface', spec: parseWire(word) };
}

/** A word that names no file is an interface, unless it looks like a path. */
function isFile(word: string): boolean {
  if (word === '-' || /[/]|\.(?:pcap|pcapng|cap|dmp)(?:\d*|\.gz)$/i.test(word)) return true;
  const found = statSync(word, { throwIfNoEntry: false });
  return found !== undefined && !found.isDirectory();
}
