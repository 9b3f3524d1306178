import { existsSync } from 'node:fs';
import { printable } from '../../core/format/text.js';
import type { EvidenceWitness } from '../../core/outcomes.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { PackedError } from '../../system/packed-file.js';
import { hintFor } from './hints.js';
import { logFormats } from './index.js';
import { type LogLine, linesOf } from './lines.js';
import { type LogEntry, type LogFormat, type LogSettings, witnessOf } from './log.js';
import { canReadAgain } from './log-bytes.js';
import { inOrder, mergeEntries } from './merge.js';
import { series } from './series.js';
import type { Columns } from './series-fields.js';
import { Skipped } from './skipped.js';
import type { Timetable } from './timetable.js';

/** A log whose kind was recognised. */
interface Log {
  path: string;
  format: LogFormat;
  /** The target, if the log is about a single one. */
  target?: TargetId;
  /** The first stamp, of a log of which several may continue one another. */
  startedAt?: Millis;
  skipped: Skipped;
  /** Lines that were read to recognise the log. */
  head: LogLine[];
  /** Those that are still to be read: all, of a log that can be read again. */
  lines: Iterator<LogLine>;
  /** Why the rest of the file could not be read. */
  damage?: string;
}

export interface OpenLogs {
  logs: readonly Pick<Log, 'path' | 'format' | 'skipped' | 'head' | 'damage'>[];
  /** The samples of all logs and the gaps between their runs, in the order in which outcomes were known. */
  entries: Generator<LogEntry>;
}

interface Settings {
  timeoutMs: Millis;
  /** The logs are series, with these columns. */
  columns?: Columns;
  timetable?: Timetable;
  /** Other logs than those of these witnesses only name the target. */
  only?: readonly EvidenceWitness[];
  /** Called with the number of bytes read so far, of all logs. */
  progress?: (bytes: number) => void;
}

/** A file is not a log if none of its first lines is recognised. */
const MAX_HEAD_LINES = 200;
/** Characters of a line that a message shows. */
const MAX_SHOWN = 80;
const PING_END = '.ping.log';
/** The other witnesses' logs of `NAME.ping.log`. */
const COMPANIONS: readonly { end: string; witness: EvidenceWitness }[] = [
  { end: '.clock.jsonl', witness: 'clock' },
  { end: '.arp.log', witness: 'announce' },
];

/** Opens the logs of one session. Throws for a file that is not a log. */
export function openLogs(paths: readonly string[], settings: Settings): OpenLogs {
  const all = paths.map(path => recognise(path, settings.columns));
  const targets = targetsOf(all);
  const logs = all.filter(({ format }) => settings.only?.includes(witnessOf(format)) ?? true);
  if (logs.length === 0)
    throw new RangeError(`none of the logs is of ${settings.only!.join(' or ')}: ${paths.join(', ')}`);
  const bytes = new Map<Log, number>();
  const progress = (log: Log) => (read: number) => {
    bytes.set(log, read);
    settings.progress?.([...bytes.values()].reduce((sum, each) => sum + each, 0));
  };
  const streams = continued(logs, targets).map(parts =>
    inOrder(
      entriesOf(parts, { ...settings, target: targets.get(parts[0]!) ?? '' }, progress, all.length === 1),
    ),
  );
  return { logs, entries: mergeEntries(streams) };
}

/** The logs of ping of one target, from the oldest to the newest, are one log, as if they were appended. */
function continued(logs: readonly Log[], targets: ReadonlyMap<Log, TargetId>): Log[][] {
  const groups = new Map<string, Log[]>();
  for (const [index, log] of logs.entries()) {
    const isOne = log.format.stampIn !== undefined;
    const key = isOne ? `${log.format.name} ${targets.get(log)}` : `${index}`;
    groups.set(key, [...(groups.get(key) ?? []), log]);
  }
  return [...groups.values()].map(group => group.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0)));
}

/** The logs, and those of other witnesses next to a `NAME.ping.log`, of the chosen witnesses only. */
export function withCompanions(paths: readonly string[], only?: readonly EvidenceWitness[]): string[] {
  const ends = COMPANIONS.filter(({ witness }) => only?.includes(witness) ?? true);
  const beside = paths.flatMap(path =>
    path.endsWith(PING_END) ? ends.map(({ end }) => stemOf(path) + end) : [],
  );
  return [...new Set([...paths, ...beside.filter(path => existsSync(path))])];
}

/** The path without the end that names the witness. */
function stemOf(path: string): string {
  const end = [PING_END, ...COMPANIONS.map(each => each.end)].find(each => path.endsWith(each)) ?? '';
  return path.slice(0, path.length - end.length);
}

/** Why the file is not a log that can be imported; undefined if it is. */
export function whyNotLog(path: string): string | undefined {
  try {
    recognise(path);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return `${path} is not a log`;
    if (error instanceof PackedError) return error.message;
    throw error;
  }
}

/**
 * Reads the first lines. A file is closed again until its lines are wanted, so that a folder of compressed logs does not keep a
 * decompressor each.
 */
function recognise(path: string, columns?: Columns): Log {
  const log = readHead(path, linesOf(path), columns);
  if (!canReadAgain(path)) return { ...log, lines: following(log) };
  log.lines.return?.(undefined);
  return { ...log, lines: linesOf(path) };
}

function* following({ head, lines }: Log): Generator<LogLine> {
  yield* head;
  for (let next = lines.next(); !next.done; next = lines.next()) yield next.value;
}

function readHead(path: string, lines: Iterator<LogLine>, columns?: Columns): Log {
  const head: LogLine[] = [];
  let found: Log | undefined;
  for (let next = lines.next(); !next.done; next = lines.next()) {
    head.push(next.value);
    const { text } = next.value;
    const format = columns ? series : logFormats.find(candidate => candidate.fits(text));
    if (format && !found) {
      const target = format.targetIn?.(text) ?? format.targetFrom?.(path);
      found = { path, format, ...(target !== undefined && { target }), skipped: new Skipped(), lines, head };
    }
    // A ping log begins at its first stamp, which follows the line that names the target.
    const startedAt = found?.format.stampIn?.(text);
    if (found && startedAt !== undefined) found.startedAt = startedAt;
    const isWhole = found && (startedAt !== undefined || !found.format.stampIn);
    if (isWhole || head.length >= MAX_HEAD_LINES) break;
  }
  if (found) return found;
  lines.return?.(undefined);
  throw new RangeError(`${path}: ${whyUnknown(head.map(({ text }) => text))}`);
}

/** Why a file cannot be imported, with what can be done about it. */
function whyUnknown(head: readonly string[]): string {
  if (head.length === 0) return 'the file is empty';
  const hint = hintFor(head);
  if (hint !== undefined) return `no line can be imported: ${hint}`;
  const first = printable((head.find(text => text.trim() !== '') ?? '').slice(0, MAX_SHOWN));
  const known = logFormats.map(({ summary }) => summary).join('; ');
  return `none of the first ${head.length} lines is from a log that can be imported. Accepted: ${known}. The first line is "${first}"`;
}

/** The target of each log: its own, else that of the ping log beside it, else the only one that there is. */
function targetsOf(logs: readonly Log[]): Map<Log, TargetId> {
  const echoes = logs.filter(({ format }) => witnessOf(format) === 'echo');
  if (echoes.length === 0)
    throw new RangeError('name a log of ping or fping too: the other logs do not contain their target');
  const named = new Set(echoes.map(({ target }) => target));
  const sole = named.size === 1 ? [...named][0] : undefined;
  const targets = new Map<Log, TargetId>();
  for (const log of logs) {
    const sibling = echoes.find(({ path }) => stemOf(path) === stemOf(log.path));
    const target = log.target ?? sibling?.target ?? sole;
    if (target !== undefined) targets.set(log, target);
    else if (!echoes.includes(log))
      throw new RangeError(
        `${log.path} does not contain its target, and the logs are of several: name it like the ping log of its target, such as NAME.ping.log and NAME${COMPANIONS[0]!.end}`,
      );
  }
  return targets;
}

function* entriesOf(
  logs: readonly Log[],
  settings: Omit<LogSettings, 'skipped'>,
  progress: (log: Log) => (bytes: number) => void,
  isAlone: boolean,
): Generator<LogEntry> {
  const [first] = logs as [Log];
  const own = { ...settings, skipped: first.skipped };
  const reader = first.format.open(own, first.path);
  for (const log of logs) {
    // What is skipped is reported with the log that is being read.
    own.skipped = log.skipped;
    const read = progress(log);
    for (let next = nextLine(log, isAlone); !next.done; next = nextLine(log, isAlone)) {
      yield* reader.read(next.value.text, next.value.number);
      read(next.value.read);
    }
  }
  yield* reader.end();
}

/** The next line. Of a damaged file, what could be read counts if there are other logs; a single one is an error. */
function nextLine(log: Log, isAlone: boolean): IteratorResult<LogLine> {
  try {
    return log.lines.next();
  } catch (error) {
    if (isAlone || !(error instanceof PackedError)) throw error;
    log.damage = error.message;
    return { done: true, value: undefined };
  }
}
