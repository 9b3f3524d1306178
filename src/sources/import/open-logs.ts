import { existsSync } from 'node:fs';
import type { Millis, TargetId } from '../../core/sample.js';
import { logFormats } from './index.js';
import { type LogLine, linesOf } from './lines.js';
import { type LogEntry, type LogFormat, type LogSettings, witnessOf } from './log.js';
import { mergeEntries } from './merge.js';
import { series } from './series.js';
import type { Columns } from './series-fields.js';
import { Skipped } from './skipped.js';

/** A log whose kind was recognised. */
interface Log {
  path: string;
  format: LogFormat;
  /** The target, if the log is about a single one. */
  target?: TargetId;
  skipped: Skipped;
  /** Lines that were read to recognise the log, and those after them. */
  lines: Iterator<LogLine>;
  head: LogLine[];
}

export interface OpenLogs {
  logs: readonly { path: string; format: LogFormat; skipped: Skipped }[];
  /** The samples of all logs and the gaps between their runs, in the order in which outcomes were known. */
  entries: Generator<LogEntry>;
}

interface Settings {
  timeoutMs: Millis;
  /** The logs are series, with these columns. */
  columns?: Columns;
  /** Called with the number of bytes read so far, of all logs. */
  progress?: (bytes: number) => void;
}

/** A file is not a log if none of its first lines is recognised. */
const MAX_HEAD_LINES = 200;
/** The other witnesses' logs of `NAME.ping.log`. */
const COMPANIONS = ['.clock.jsonl', '.arp.log'];

/** Opens the logs of one session. Throws for a file that is not a log. */
export function openLogs(paths: readonly string[], settings: Settings): OpenLogs {
  const logs = paths.map(path => recognise(path, settings.columns));
  const target = soleTarget(logs);
  const bytes = logs.map(() => 0);
  const streams = logs.map((log, index) =>
    samplesOf(log, { ...settings, target: log.target ?? target ?? '' }, read => {
      bytes[index] = read;
      settings.progress?.(bytes.reduce((sum, each) => sum + each, 0));
    }),
  );
  return { logs, entries: mergeEntries(streams) };
}

/** The logs, and those of other witnesses next to a `NAME.ping.log`. */
export function withCompanions(paths: readonly string[]): string[] {
  const beside = paths.flatMap(path =>
    path.endsWith('.ping.log') ? COMPANIONS.map(end => path.replace(/\.ping\.log$/, end)) : [],
  );
  return [...new Set([...paths, ...beside.filter(path => existsSync(path))])];
}

function recognise(path: string, columns?: Columns): Log {
  const lines = linesOf(path);
  const head: LogLine[] = [];
  for (let next = lines.next(); !next.done && head.length < MAX_HEAD_LINES; next = lines.next()) {
    head.push(next.value);
    const { text } = next.value;
    const format = columns ? series : logFormats.find(candidate => candidate.fits(text));
    if (!format) continue;
    const target = format.targetIn?.(text) ?? format.targetFrom?.(path);
    return { path, format, ...(target !== undefined && { target }), skipped: new Skipped(), lines, head };
  }
  const known = logFormats.map(({ summary }) => summary).join('; ');
  throw new RangeError(
    head.length === 0
      ? `${path} is empty`
      : `${path}: none of the first ${head.length} lines is from a log that can be imported. Accepted: ${known}`,
  );
}

/** The one target of clock and announcement logs. */
function soleTarget(logs: readonly Log[]): TargetId | undefined {
  const echoes = logs.filter(({ format }) => witnessOf(format) === 'echo');
  if (echoes.length === 0)
    throw new RangeError('name a log of ping or fping too: the other logs do not contain their target');
  const named = new Set(echoes.map(({ target }) => target));
  const [target] = named;
  if (echoes.length < logs.length && (named.size > 1 || target === undefined))
    throw new RangeError(
      'clock and announcement logs are about one target: name them together with the ping log of that target only',
    );
  return target;
}

function* samplesOf(log: Log, settings: Omit<LogSettings, 'skipped'>, read: (bytes: number) => void) {
  const { format, path, skipped, head, lines } = log;
  const reader = format.open({ ...settings, skipped }, path);
  for (const { text, number } of head) yield* reader.read(text, number);
  for (let next = lines.next(); !next.done; next = lines.next()) {
    yield* reader.read(next.value.text, next.value.number);
    read(next.value.read);
  }
  yield* reader.end();
}
