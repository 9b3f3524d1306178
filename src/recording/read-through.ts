import { setImmediate } from 'node:timers/promises';
import type { Entry, RecordingReader } from './reader.js';

/** Leads every entry of an open recording past `take`, and tells the share that is done. */
export async function readThrough(
  reader: RecordingReader,
  take: (entry: Entry) => void,
  progress: (share: number) => void = () => {},
): Promise<void> {
  const { size } = reader;
  for (let entries = reader.read(); entries; entries = reader.read()) {
    for (const entry of entries) take(entry);
    progress(reader.offset / size);
    await setImmediate();
  }
}
