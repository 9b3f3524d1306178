import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseDuration } from '../../core/format/duration.js';
import { unknownName } from '../../core/format/nearest-name.js';
import type { EvidenceWitness } from '../../core/outcomes.js';
import type { Millis } from '../../core/sample.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { FlagValues } from '../../plan/flags.js';
import type { SessionIo } from '../../session/io.js';
import type { Timetable } from '../../sources/import/timetable.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { CONTEXT_FLAGS, contextOf, offsetOf } from './context.js';

export const importLog: Command = {
  name: 'import',
  summary:
    'convert logs of ping, fping or mtr, SmokePing exports or CSV of round trips into a recording; - is stdin',
  usage: 'LOG…',
  flags: ['output', 'force', 'dir', 'timeout', 'columns', 'only', 'start', 'interval', ...CONTEXT_FLAGS],
  run: (line, io) => asUsage(() => run(line, io)),
};

const MAX_TIMEOUT: Millis = 60_000;

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length === 0)
    throw new UsageError(
      'no LOG to import: name a log of ping, fping or mtr, a CSV file, a folder of logs, or - for standard input',
    );
  const [
    { openLogs, withCompanions },
    { movedBy },
    { logsIn },
    { withNotes },
    { readColumns, readTime },
    { importRecording, reportOf },
    { Progress },
    { pathLine },
    pathOf,
  ] = await Promise.all([
    import('../../sources/import/open-logs.js'),
    import('../../sources/import/merge.js'),
    import('../../sources/import/log-folder.js'),
    import('../../sources/import/note-log.js'),
    import('../../sources/import/series-fields.js'),
    import('../../sources/import/import-recording.js'),
    import('../../output/progress.js'),
    import('../../output/destination.js'),
    namer(words[0]!, flags),
  ]);
  const timeoutMs = timeoutOf(flags);
  const only = chosenWitnesses(flags);
  const timetable = timetableOf(flags, readTime);
  const named = words.flatMap(word => logsIn(word, io.say));
  const paths = withCompanions(named, only);
  for (const path of paths.slice(named.length)) io.say(`reading ${path} too`);
  const total = paths.reduce((sum, path) => sum + (path === '-' ? Infinity : statSync(path).size), 0);
  const progress = new Progress('importing');
  // The lock of the recording handles signals, which would be delayed while we wait for a pipe: let them end the process at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  // With notes, the offset is theirs.
  const context = flags.notes === undefined ? undefined : await contextOf(flags, io.say);
  const offsetMs = context ? 0 : offsetOf(flags['time-offset'] as string | undefined);
  const read = openLogs(paths, {
    timeoutMs,
    ...(flags.columns !== undefined && { columns: readColumns(flags.columns as string) }),
    ...(only && { only }),
    ...(timetable && { timetable }),
    progress: bytes => progress.show(bytes / total),
  });
  const logs = offsetMs === 0 ? read : { ...read, entries: movedBy(offsetMs, read.entries) };
  const opened = context ? { ...logs, entries: withNotes(logs.entries, context) } : logs;
  const options = { timeoutMs, force: flags.force === true, number: flags.output === undefined };
  const { path, samples, targets } = importRecording(opened, pathOf, options);
  progress.end();
  for (const log of opened.logs) for (const text of reportOf(log)) io.say(text);
  io.say(`${samples} samples of ${targets.slice(0, 5).join(', ')}${targets.length > 5 ? ', …' : ''}`);
  io.write(pathLine(path));
  return CODES.done;
}

/** Returns the function that names the recording: the path of `--output`, or the log's name, or the target's. */
async function namer(log: string, flags: FlagValues) {
  const { ownName, recordingsFolder } = await import('../../recording/folder.js');
  const folder = recordingsFolder(flags.dir as string | undefined);
  const stem = basename(log)
    .replace(/\.(?:gz|zst|xz)$/, '')
    .replace(/(\.f?ping)?(\.\w{1,5})?$/, '');
  return (startedAt: Millis, target: string) =>
    (flags.output as string | undefined) ??
    join(folder, /^\w[\w.-]*$/.test(stem) ? `${stem}.jsonl` : ownName(startedAt, target));
}

/** When the probes of a log without stamps were sent. A log with stamps needs neither flag, so one alone is a mistake. */
function timetableOf(
  { start, interval }: FlagValues,
  readTime: (text: string) => Millis | undefined,
): Timetable | undefined {
  if (start === undefined && interval === undefined) return undefined;
  if (start === undefined || interval === undefined)
    throw new RangeError('--start and --interval belong together: a ping log without time stamps needs both');
  const startMs = readTime(start as string);
  if (startMs === undefined)
    throw new RangeError(
      `--start must be a moment such as 2026-11-21T02:10:00 or Unix seconds, not "${start}"`,
    );
  const intervalMs = parseDuration(interval as string);
  if (intervalMs < 1) throw new RangeError(`--interval must be 1ms or more, not "${interval}"`);
  return { startMs, intervalMs };
}

/** The witnesses by the names of `--only`. */
const WITNESSES: Readonly<Record<string, EvidenceWitness>> = {
  ping: 'echo',
  clock: 'clock',
  announce: 'announce',
  hypervisor: 'hypervisor',
};

function chosenWitnesses({ only }: FlagValues): EvidenceWitness[] | undefined {
  return (only as string[] | undefined)
    ?.flatMap(text => text.split(','))
    .map(name => {
      if (Object.hasOwn(WITNESSES, name)) return WITNESSES[name]!;
      throw unknownName('witness of --only', name, Object.keys(WITNESSES));
    });
}

function timeoutOf({ timeout = '1s' }: FlagValues): Millis {
  const timeoutMs = parseDuration(timeout as string);
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT) return timeoutMs;
  throw new RangeError(`--timeout must be between 1ms and 1m, not "${timeout}"`);
}
