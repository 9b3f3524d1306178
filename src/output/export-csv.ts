import { sampleLine } from '../core/format/json-line.js';
import { printable } from '../core/format/text.js';
import { fieldsOf, OUTCOME_KINDS, type OutcomeKind } from '../core/outcomes.js';
import { isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../recording/selection.js';

/** The fields of some kinds of outcome, each once. A late reply is a kind of its own on a line. */
const columnsOf = (kinds: readonly OutcomeKind[]) => [
  ...new Set(kinds.flatMap(kind => Object.keys(fieldsOf(kind))).filter(name => name !== 'late')),
];
const ofPlayback = columnsOf(['playback']);
const ofHypervisors = columnsOf(['domain', 'job']);
const LATER_KINDS: readonly OutcomeKind[] = ['playback', 'domain', 'job'];
const ofProbes = columnsOf(OUTCOME_KINDS.filter(kind => !LATER_KINDS.includes(kind)));
/** Relied on by others: new ones are added at the end. */
const ADDED = ['errorMs', ...ofHypervisors.filter(name => ![...ofProbes, ...ofPlayback].includes(name))];
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
  let text = `${COLUMNS.join(',')}\r\n`;
  await readThrough(
    reader,
    entry => {
      if (!isSample(entry) || !holdsSample(selection, entry)) return;
      const fields = sampleLine(entry) as Record<string, unknown>;
      text += `${COLUMNS.map(column => cell(fields[column])).join(',')}\r\n`;
      if (text.length < BATCH) return;
      write(text);
      text = '';
    },
    progress,
  );
  write(text);
}

/**
 * Texts come from outside: a terminal must not execute them, and a spreadsheet must not take them for formulas, whatever
 * separator it uses and whichever form of the signs it accepts. Reference: OWASP, CSV Injection.
 */
function cell(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = printable(value).replace(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/, "'$&");
  return /[",;|]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
