import { utc } from '../core/format/utc.js';
import { isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../recording/selection.js';
import { CsvCells, csvLine } from './csv.js';
import { type ProbeRow, ProbeRows } from './probe-rows.js';

/** Relied on by others: new ones are added at the end. */
export const PROBE_COLUMNS = [
  ...(['at', 'target', 'probe', 'seq', 'outcome', 'rttMs', 'ttl', 'stamp', 'reason', 'from'] as const),
  ...(['knownAt', 'lagMs', 'duplicates'] as const),
] satisfies readonly (keyof ProbeRow)[];
const AFTER_FIRST = PROBE_COLUMNS.slice(1);
const BATCH = 64 * 1024;

/** Writes one row for each selected echo request, with its final outcome, as CSV with a heading. */
export async function exportProbes(
  reader: RecordingReader,
  write: (text: string) => void,
  selection: Selection = EVERYTHING,
  progress?: (share: number) => void,
): Promise<void> {
  const probes = new ProbeRows(reader.header.plan.timeoutMs);
  const cells = new CsvCells();
  let text = csvLine(PROBE_COLUMNS);
  const add = (rows: readonly ProbeRow[]) => {
    for (const row of rows) text += lineOf(row, cells);
    if (text.length < BATCH) return;
    write(text);
    text = '';
  };
  await readThrough(
    reader,
    entry => {
      if (isSample(entry) && holdsSample(selection, entry)) add(probes.take(entry));
    },
    progress,
  );
  add(probes.end());
  write(text);
}

/** The cells in the order of the columns. */
function lineOf(row: ProbeRow, cells: CsvCells): string {
  let text = utc(row.at);
  for (const name of AFTER_FIRST)
    text += name === 'knownAt' ? `,${utc(row.knownAt)}` : `,${cells.of(row[name])}`;
  return `${text}\r\n`;
}
