import type { Millis } from '../../core/sample.js';
import { isSample } from '../../recording/reader.js';
import type { LogEntry } from './log.js';

/** Merges streams by the time when outcomes were known, and gaps ended; each stream keeps its own order. */
export function* mergeEntries(streams: readonly Iterator<LogEntry>[]): Generator<LogEntry> {
  const heads = streams.map(stream => stream.next());
  for (;;) {
    let first = -1;
    heads.forEach((head, index) => {
      if (!head.done && (first < 0 || timeOf(head.value) < timeOf(heads[first]!.value!))) first = index;
    });
    if (first < 0) return;
    yield heads[first]!.value!;
    heads[first] = streams[first]!.next();
  }
}

function timeOf(entry: LogEntry): number {
  return isSample(entry) ? entry.knownAt : entry.data.until;
}

/** The entries with outcomes that are known no earlier than those before: the order of a log is the truth. */
export function* inOrder(entries: Iterable<LogEntry>): Generator<LogEntry> {
  let latest = -Infinity;
  for (const entry of entries)
    if (isSample(entry)) {
      latest = Math.max(latest, entry.knownAt);
      yield entry.knownAt < latest ? { ...entry, knownAt: latest } : entry;
    } else yield entry;
}

/** The entries with their times moved, of a log whose clock was wrong by `-offsetMs`. */
export function* movedBy(offsetMs: Millis, entries: Iterable<LogEntry>): Generator<LogEntry> {
  for (const entry of entries)
    if (isSample(entry)) yield { ...entry, at: entry.at + offsetMs, knownAt: entry.knownAt + offsetMs };
    else {
      const { at, until } = entry.data;
      yield { ...entry, data: { ...entry.data, at: at + offsetMs, until: until + offsetMs } };
    }
}
