import { setImmediate } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import type { DetectorChoice } from '../core/detector.js';
import type { MigrationEvent } from '../core/event.js';
import type { Millis } from '../core/sample.js';
import type { RecordingEnd } from '../recording/ending.js';
import { EventList } from '../recording/event-list.js';
import { type FilePosition, isSample, type RecordingReader } from '../recording/reader.js';
import type { KnownRow, RowData } from '../recording/rows.js';
import { SessionEngine } from '../session/engine.js';

/** A seek processes at most this many samples and rows again, plus those of one chunk. */
const ENTRIES_BETWEEN = 50_000;
const MAX_NOTES = 10_000;
const MAX_CHANGES = 100_000;

/** A place to continue from: everything up to `at` lies before it. */
export interface Place {
  at: Millis;
  position: FilePosition;
  /** The range of the engine's state in the file of states. */
  state: { start: number; length: number };
  /** The number of changes before it. */
  changes: number;
}

type Change = Extract<KnownRow, { type: 'target' | 'removed' }>;

/** The result of one pass over a recording, so that a replay can start anywhere. */
export interface IndexData {
  startedAt: Millis;
  endedAt: Millis;
  samples: number;
  ending: RecordingEnd;
  /** Ascending; the first is the beginning. */
  places: readonly Place[];
  /** The events as they were shown live. */
  recorded: readonly MigrationEvent[];
  /** The events as these detectors judge them. */
  judged: readonly MigrationEvent[];
  gaps: readonly RowData['gap'][];
  notes: readonly RowData['note'][];
  /** Targets that were added, changed or removed. */
  changes: readonly Change[];
}

export interface SurveyOptions {
  choices: readonly DetectorChoice[];
  holdMs: Millis;
  /** Called with the share that is done, in 0…1. */
  progress?: (share: number) => void;
  /** The number of samples and rows from place to place; 50,000 by default. */
  entriesBetween?: number;
}

/** Judges the whole recording in one pass; `write` gets the engine's packed state of each place, in their order. */
export async function survey(
  reader: RecordingReader,
  { choices, holdMs, progress, entriesBetween = ENTRIES_BETWEEN }: SurveyOptions,
  write: (packed: Uint8Array) => void,
): Promise<IndexData> {
  const { size } = reader;
  const engine = new SessionEngine(choices, holdMs);
  const [recorded, judged] = [new EventList(), new EventList()];
  const places: Place[] = [];
  const gaps: RowData['gap'][] = [];
  const notes: RowData['note'][] = [];
  const changes: Change[] = [];
  let endedAt = reader.header.startedAt;
  let startedAt: Millis | undefined;
  let samples = 0;
  let written = 0;
  const keep = (at: Millis) => {
    const { position } = reader;
    if (!position) return false;
    const packed = deflateRawSync(JSON.stringify(engine.save()), { level: 1 });
    write(packed);
    const state = { start: written, length: packed.length };
    places.push({ at, position, state, changes: changes.length });
    written += packed.length;
    return true;
  };
  keep(-Number.MAX_VALUE);
  let sinceKept = 0;
  for (let entries = reader.read(); entries; entries = reader.read()) {
    for (const entry of entries) {
      if (isSample(entry)) {
        samples++;
        startedAt ??= entry.knownAt;
        if (entry.knownAt > endedAt) endedAt = entry.knownAt;
      } else if (entry.type === 'event') recorded.add(entry.data);
      else if (entry.type === 'gap' && gaps.length < MAX_NOTES) gaps.push(entry.data);
      else if (entry.type === 'note' && notes.length < MAX_NOTES) notes.push(entry.data);
      else if ((entry.type === 'target' || entry.type === 'removed') && changes.length < MAX_CHANGES)
        changes.push(entry);
      for (const event of engine.take(entry)?.events ?? []) judged.add(event);
    }
    sinceKept += entries.length;
    if (sinceKept >= entriesBetween && !reader.ending && keep(endedAt)) sinceKept = 0;
    progress?.(Math.min(1, reader.offset / size));
    await setImmediate();
  }
  return {
    startedAt: startedAt ?? reader.header.startedAt,
    endedAt,
    samples,
    ending: reader.ending!,
    places,
    recorded: recorded.all(),
    judged: judged.all(),
    gaps,
    notes,
    changes,
  };
}
