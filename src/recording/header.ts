import { RecordingReader } from './reader.js';
import type { Header } from './rows.js';

/** Reads the first line of a recording. Throws a RecordingError for what is not a recording. */
export function readHeader(path: string): Header {
  const reader = RecordingReader.open(path);
  reader.close();
  return reader.header;
}
