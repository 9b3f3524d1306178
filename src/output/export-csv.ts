import { isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../recording/selection.js';
import { csvLine } from './csv.js';
import { SAMPLE_COLUMNS, SampleCells } from './sample-cells.js';

const BATCH = 64 * 1024;

/** Writes the selected samples as CSV (RFC 4180) with a heading, one row a sample. */
export async function exportCsv(
  reader: RecordingReader,
  write: (text: string) => void,
  selection: Selection = EVERYTHING,
  progress?: (share: number) => void,
): Promise<void> {
  const cells = new SampleCells();
  let text = csvLine(SAMPLE_COLUMNS);
  await readThrough(
    reader,
    entry => {
      if (!isSample(entry) || !holdsSample(selection, entry)) return;
      text += cells.line(entry);
      if (text.length < BATCH) return;
      write(text);
      text = '';
    },
    progress,
  );
  write(text);
}
