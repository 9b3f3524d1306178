import { existsSync } from 'node:fs';
import type { Millis, Sample, TargetId } from '../../core/sample.js';
import { logFormats } from './index.js';
import { type LogLine, linesOf } from './lines.js';
import { type LogFormat, witnessOf } from './log.js';
import { mergeSamples } from './merge.js';
import { Skipped } from './skipped.js';

/** A log whose kind was recognised. */
interface Log {
  path: string;
  format: LogFormat;
  /** Whom it is about, where it is about a single one. */
  target?: TargetId;
  skipped: Skipped;
  /** Lines that were read to recognise it, and those behind them. */
  lines: Iterator<LogLine>;
  head: LogLine[];
}

export interface OpenLogs {
  logs: readonly { path: string; format: LogFormat; skipped: Skipped }[];
  /** Those of all logs, in the order in which outcomes were known. */
  samples: Generator<Sample>;
}

interface Settings {
  timeoutMs: Millis;
  /** Called with the bytes that were read of all logs. */
  progress?: (bytes: number) => void;
}

/** A log that tells nothing for so many lines is none. */
const HEAD = 200;
/** The other witnesses' logs of `NAME.ping.log`. */
const COMPANIONS = ['.clock.jsonl', '.arp.log'];

/** Opens the logs of one session. Throws for what is no log. */
export function openLogs(paths: readonly string[], settings: Settings): OpenLogs {
  const logs = paths.map(recognise);
  const target = soleTarget(logs);
  const bytes = logs.map(() => 0);
  const streams = logs.map((log, index) =>
    samplesOf(log, log.target ?? target ?? '', settings.timeoutMs, read => {
      bytes[index] = read;
      settings.progress?.(bytes.reduce((sum, each) => sum + each, 0));
    }),
  );
  return { logs, samples: mergeSamples(streams) };
}

/** The logs, and those of other witnesses that lie beside a `NAME.ping.log`. */
export function withCompanions(paths: readonly string[]): string[] {
  const beside = paths.flatMap(path =>
    path.endsWith('.ping.log') ? COMPANIONS.map(end => path.replace(/\.ping\.log$/, end)) : [],
  );
  return [...new Set([...paths, ...beside.filter(path => existsSync(path))])];
}

function recognise(path: string): Log {
  const lines = linesOf(path);
  const head: LogLine[] = [];
  for (let next = lines.next(); !next.done && head.length < HEAD; next = lines.next()) {
    head.push(next.value);
    const { text } = next.value;
    const format = logFormats.find(candidate => candidate.fits(text));
    if (!format) continue;
    const target = format.targetIn?.(text);
    return { path, format, ...(target !== undefined && { target }), skipped: new Skipped(), lines, head };
  }
  const known = logFormats.map(({ summary }) => summary).join('; ');
  throw new RangeError(
    head.length === 0
      ? `${path} is empty`
      : `${path}: line ${head.length}: nothing up to here is of a log that can be imported. Known: ${known}`,
  );
}

/** Whom clocks and announcements are about. */
function soleTarget(logs: readonly Log[]): TargetId | undefined {
  const echoes = logs.filter(({ format }) => witnessOf(format) === 'echo');
  if (echoes.length === 0)
    throw new RangeError('name a log of ping or fping too: it tells whom the rest is about');
  const named = new Set(echoes.map(({ target }) => target));
  const [target] = named;
  if (echoes.length < logs.length && (named.size > 1 || target === undefined))
    throw new RangeError(
      'clocks and announcements are of one target, so name them with the log of ping of that target alone',
    );
  return target;
}

function* samplesOf(log: Log, target: TargetId, timeoutMs: Millis, read: (bytes: number) => void) {
  const { format, path, skipped, head, lines } = log;
  const reader = format.open({ target, timeoutMs, skipped }, path);
  for (const { text, number } of head) yield* reader.read(text, number);
  for (let next = lines.next(); !next.done; next = lines.next()) {
    yield* reader.read(next.value.text, next.value.number);
    read(next.value.read);
  }
  yield* reader.end();
}
