import { sampleLine } from '../core/format/json-line.js';
import { fieldsOf, OUTCOME_KINDS, type OutcomeKind } from '../core/outcomes.js';
import { isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../recording/selection.js';
import { csvLine } from './csv.js';

/** The fields of some kinds of outcome, each once. A late reply is a kind of its own on a line. */
const columnsOf = (kinds: readonly OutcomeKind[]) => [
  ...new Set(kinds.flatMap(kind => Object.keys(fieldsOf(kind))).filter(name => name !== 'late')),
];
const ofPlayback = columnsOf(['playback']);
const ofProbes = columnsOf(OUTCOME_KINDS.filter(kind => kind !== 'playback'));
/** Relied on by others: new ones are added at the end. */
const ADDED = ['errorMs'];
const COLUMNS = [
  ...['at', 'knownAt', 'target', 'probe', 'seq', 'kind'],
  ...[...ofProbes, 'lagMs', ...ofPlayback].filter(name => !ADDED.includes(name)),
  ...ADDED,
];
const BATCH = 64 * 1024;

/** Writes the selected samples as CSV (RFC 4180) with a heading: the fields of the headless lines, empty if a kind lacks one. */
export async function exportCsv(
  reader: RecordingReader,
  write: (text: string) => void,
  selection: Selection = EVERYTHING,
  progress?: (share: number) => void,
): Promise<void> {
  let text = csvLine(COLUMNS);
  await readThrough(
    reader,
    entry => {
      if (!isSample(entry) || !holdsSample(selection, entry)) return;
      const fields = sampleLine(entry) as Record<string, unknown>;
      text += csvLine(COLUMNS.map(column => fields[column]));
      if (text.length < BATCH) return;
      write(text);
      text = '';
    },
    progress,
  );
  write(text);
}
