import { basename } from 'node:path';
import { printable } from '../../core/format/text.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { SELECTION_FLAGS, selectionOf } from './selection.js';

export const exportRecording: Command = {
  name: 'export',
  summary: 'write a recording as one JSON document, or its samples as CSV',
  usage: 'RECORDING',
  flags: ['csv', 'output', 'force', ...SELECTION_FLAGS],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length !== 1)
    throw new UsageError('export takes one RECORDING, such as migwatch export night.jsonl');
  const [
    { about, locateRecording },
    { RecordingReader },
    { openDocument },
    { Progress },
    { endingNotes },
    writeRecording,
  ] = await Promise.all([
    import('../../recording/locate.js'),
    import('../../recording/reader.js'),
    import('../../output/destination.js'),
    import('../../output/progress.js'),
    import('../../recording/ending.js'),
    flags.csv
      ? import('../../output/export-csv.js').then(module => module.exportCsv)
      : import('../../output/export-json.js').then(module => module.exportJson),
  ]);
  const path = await asUsage(() => locateRecording(words[0]!));
  const example = basename(path).replace(/(\.jsonl)?$/, flags.csv ? '.csv' : '.json');
  const reader = await asUsage(() => about(path, () => RecordingReader.open(path)));
  const selection = await asUsage(() => selectionOf(path, flags));
  const file = flags.output as string | undefined;
  const out = await asUsage(() => openDocument(file, flags.force === true, printable(example)));
  const progress = new Progress('exporting');
  await out.fill(write => writeRecording(reader, write, selection, share => progress.show(share)));
  progress.end();
  for (const note of endingNotes(reader.ending!)) io.say(note);
  reader.close();
  return CODES.done;
}
