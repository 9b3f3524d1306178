import { basename } from 'node:path';
import { printable } from '../../core/format/text.js';
import { utc } from '../../core/format/utc.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { FlagValues } from '../../plan/flags.js';
import type { Selection } from '../../recording/selection.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { SELECTION_FLAGS, selectionOf } from './selection.js';

export const exportRecording: Command = {
  name: 'export',
  summary: 'write a recording as JSON, its samples or probes as CSV, or its events as CSV or Markdown',
  usage: 'RECORDING',
  flags: ['csv', 'probes', 'parquet', 'events', 'md', 'event', 'output', 'force', ...SELECTION_FLAGS],
  run,
};

/** A form of the export, and the end of the file's name. */
type Form = 'json' | 'csv' | 'probes' | 'parquet' | 'events' | 'md';
const ENDS: Readonly<Record<Form, string>> = {
  json: '.json',
  csv: '.csv',
  probes: '.probes.csv',
  parquet: '.parquet',
  events: '.events.csv',
  md: '.md',
};

/** Throws a UsageError for flags that contradict each other. */
function formOf({ csv, probes, parquet, events, md }: FlagValues): Form {
  if (probes && (events || md)) throw new UsageError('--probes cannot be combined with --events or --md');
  if (csv && md) throw new UsageError('--csv cannot be combined with --md');
  if (parquet && (csv || events || md))
    throw new UsageError('--parquet holds the probes: it cannot be combined with --csv, --events or --md');
  if (md) return 'md';
  if (parquet) return 'parquet';
  if (probes) return 'probes';
  return events ? 'events' : csv ? 'csv' : 'json';
}

type Write = (content: string | Uint8Array) => void;
type Show = (share: number) => void;

/** Writes the recording in that form. */
async function writerOf(form: Form, path: string, selection: Selection) {
  const { RecordingReader } = await import('../../recording/reader.js');
  if (form === 'events' || form === 'md') {
    const [{ analyse }, { defaultChoices }, { eventsCsv, eventsMarkdown }] = await Promise.all([
      import('../../evaluation/analysis.js'),
      import('../../../detectors/index.js'),
      import('../../output/export-events.js'),
    ]);
    return async (write: Write, progress: Show) => {
      const sets = [{ name: 'defaults', choices: defaultChoices() }];
      const analysis = await analyse(path, sets, { selection, progress, scored: false });
      write(form === 'md' ? eventsMarkdown(analysis) : eventsCsv(analysis));
      return analysis.ending;
    };
  }
  const writeRows = {
    json: async () => (await import('../../output/export-json.js')).exportJson,
    csv: async () => (await import('../../output/export-csv.js')).exportCsv,
    parquet: async () => (await import('../../output/export-parquet.js')).exportParquet,
    probes: async () => (await import('../../output/export-probes.js')).exportProbes,
  }[form];
  const exportAs = await writeRows();
  const reader = RecordingReader.open(path);
  return async (write: Write, progress: Show) => {
    await exportAs(reader, write, selection, progress);
    reader.close();
    return reader.ending!;
  };
}

/** The part of the recording that the flags choose: a span, targets, or one event with a margin. */
async function chosenPart(path: string, flags: FlagValues, progress: Show): Promise<Selection> {
  if (flags.event === undefined) return selectionOf(path, flags);
  if (SELECTION_FLAGS.some(name => flags[name] !== undefined))
    throw new UsageError('--event chooses a span and a target: leave out --from, --to and --target');
  const [{ analyse }, { defaultChoices }, { eventPart }] = await Promise.all([
    import('../../evaluation/analysis.js'),
    import('../../../detectors/index.js'),
    import('../../evaluation/event-page.js'),
  ]);
  const sets = [{ name: 'defaults', choices: defaultChoices() }];
  return eventPart(await analyse(path, sets, { progress, scored: false }), flags.event as string);
}

function partWords({ event, from, to, targets = new Set() }: Selection): string {
  return `event ${event} of ${printable([...targets].join())}: what was sent from ${utc(from)} to ${utc(to)}`;
}

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length !== 1)
    throw new UsageError('export takes one RECORDING, such as migwatch export night.jsonl');
  const form = formOf(flags);
  const [{ about, locateRecording }, { openDocument }, { Progress }, { endingNotes }] = await Promise.all([
    import('../../recording/locate.js'),
    import('../../output/destination.js'),
    import('../../output/progress.js'),
    import('../../recording/ending.js'),
  ]);
  const path = await asUsage(() => locateRecording(words[0]!));
  const example = basename(path).replace(/(\.jsonl)?$/, ENDS[form]);
  const progress = new Progress('exporting');
  const show = (share: number) => progress.show(share);
  const selection = await asUsage(() => about(path, () => chosenPart(path, flags, show)));
  if (selection.event !== undefined) io.say(`${path}: ${partWords(selection)}`);
  const writeRecording = await asUsage(() => about(path, () => writerOf(form, path, selection)));
  const file = flags.output as string | undefined;
  const out = await asUsage(() => openDocument(file, flags.force === true, printable(example)));
  await out.fill(async write => {
    const ending = await writeRecording(write, show);
    progress.end();
    for (const note of endingNotes(ending)) io.say(note);
  });
  return CODES.done;
}
