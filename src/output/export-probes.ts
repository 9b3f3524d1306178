import { utc } from '../core/format/utc.js';
import { isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../recording/selection.js';
import { csvLine } from './csv.js';
import { type ProbeRow, ProbeRows } from './probe-rows.js';

/** Relied on by others: new ones are added at the end. */
export const PROBE_COLUMNS = [
  ...(['at', 'target', 'probe', 'seq', 'outcome', 'rttMs', 'ttl', 'stamp', 'reason', 'from'] as const),
  ...(['knownAt', 'lagMs', 'duplicates'] as const),
] satisfies readonly (keyof ProbeRow)[];
const BATCH = 64 * 1024;

/** Writes one row for each selected echo request, with its final outcome, as CSV with a heading. */
export async function exportProbes(
  reader: RecordingReader,
  write: (text: string) => void,
  selection: Selection = EVERYTHING,
  progress?: (share: number) => void,
): Promise<void> {
  const probes = new ProbeRows(reader.header.plan.timeoutMs);
  let text = csvLine(PROBE_COLUMNS);
  const add = (rows: readonly ProbeRow[]) => {
    for (const row of rows) text += csvLine(cellsOf(row));
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

function cellsOf(row: ProbeRow): unknown[] {
  return PROBE_COLUMNS.map(name => {
    const value = row[name];
    return name === 'at' || name === 'knownAt' ? utc(value as number) : value;
  });
}
