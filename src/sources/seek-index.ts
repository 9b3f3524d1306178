import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DetectorChoice } from '../core/detector.js';
import type { MigrationEvent } from '../core/event.js';
import type { Millis } from '../core/sample.js';
import type { Json } from '../core/validation/saved-state.js';
import type { RecordingEnd } from '../recording/ending.js';
import { EventList } from '../recording/event-list.js';
import { cacheFolder } from '../recording/folder.js';
import type { KnownRow, RowData } from '../recording/format.js';
import { type FilePosition, isSample, RecordingReader } from '../recording/reader.js';
import { SessionEngine } from '../session/engine.js';
import { version } from '../system/version.js';

/** A seek processes at most this many samples and rows again, plus those of one chunk. */
const ENTRIES_BETWEEN = 50_000;
/** The version of the index. */
const FORMAT = 2;
const MAX_AGE_MS: Millis = 30 * 86_400_000;
const MAX_NOTES = 10_000;
const MAX_CHANGES = 100_000;
/** Permission bits of group and others. */
const OTHERS_WRITE = 0o022;

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

export interface IndexOptions {
  choices: readonly DetectorChoice[];
  holdMs: Millis;
  /** Called with the share that is done, in 0…1. */
  progress?: (share: number) => void;
  /** The number of samples and rows from place to place; 50,000 by default. */
  entriesBetween?: number;
  /** The folder of indexes; the user's cache by default. */
  folder?: string;
}

/** An index with its states, kept in a cache: made at the first opening of a recording with these detectors. */
export class SeekIndex {
  private constructor(
    readonly data: IndexData,
    private readonly statesPath: string,
  ) {}

  /** Reads the index from the cache or makes it. Rejects with the fault of the recording. */
  static async of(path: string, options: IndexOptions): Promise<SeekIndex> {
    const folder = writable(options.folder ?? cacheFolder());
    const base = join(folder, keyOf(path, options));
    return readCached(base, options) ?? (await make(path, base, options));
  }

  /** The last place before which everything happened at `at` or earlier. */
  placeBefore(at: Millis): Place {
    const { places } = this.data;
    let [low, high] = [0, places.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (places[middle]!.at <= at) low = middle;
      else high = middle - 1;
    }
    return places[low]!;
  }

  /** The engine's state at that place. */
  stateAt({ state: { start, length } }: Place): Json {
    const fd = openSync(this.statesPath, 'r');
    try {
      const packed = Buffer.alloc(length);
      readSync(fd, packed, 0, length, start);
      return JSON.parse(inflateRawSync(packed).toString());
    } finally {
      closeSync(fd);
    }
  }

  static restore(data: IndexData, statesPath: string): SeekIndex {
    return new SeekIndex(data, statesPath);
  }
}

/** Judges the whole recording in one pass and saves the state at intervals. */
async function make(path: string, base: string, options: IndexOptions): Promise<SeekIndex> {
  const reader = RecordingReader.open(path);
  const draft = `${base}.${process.pid}`;
  const states = openSync(`${draft}.states`, 'w', 0o600);
  try {
    const data = await survey(reader, options, packed => writeSync(states, packed));
    writeFileSync(`${draft}.json`, JSON.stringify(data), { mode: 0o600 });
    for (const part of ['states', 'json']) renameSync(`${draft}.${part}`, `${base}.${part}`);
    return SeekIndex.restore(data, `${base}.states`);
  } catch (error) {
    for (const part of ['states', 'json']) rmSync(`${draft}.${part}`, { force: true });
    throw error;
  } finally {
    closeSync(states);
    reader.close();
  }
}

async function survey(
  reader: RecordingReader,
  { choices, holdMs, progress, entriesBetween = ENTRIES_BETWEEN }: IndexOptions,
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

/** Other detectors, another release or a changed file lead to another key. */
function keyOf(path: string, { choices, holdMs }: IndexOptions): string {
  const { size, mtimeMs, ino } = statSync(path);
  const detectors = choices.map(({ plugin, options }) => [plugin.name, options, String(plugin.create)]);
  const identity = JSON.stringify([
    version,
    FORMAT,
    realpathSync(path),
    size,
    mtimeMs,
    ino,
    holdMs,
    detectors,
  ]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

function readCached(base: string, { choices, holdMs }: IndexOptions): SeekIndex | undefined {
  try {
    const data: IndexData = JSON.parse(readFileSync(`${base}.json`, 'utf8'));
    const index = SeekIndex.restore(data, `${base}.states`);
    if (!data.changes) return undefined; // from a build without changes of targets
    new SessionEngine(choices, holdMs).load(index.stateAt(data.places.at(-1)!));
    return index;
  } catch {
    return undefined; // missing, damaged, or from another build: it is made again
  }
}

/** The folder without old files; a temporary one if it can't be used or others can write to it. */
function writable(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    if (uid !== (process.getuid?.() ?? uid) || (mode & OTHERS_WRITE) !== 0) return passing();
    const old = Date.now() - MAX_AGE_MS;
    for (const name of readdirSync(folder))
      if (/\.(json|states)$/.test(name) && statSync(join(folder, name)).mtimeMs < old)
        rmSync(join(folder, name));
    return folder;
  } catch {
    return passing();
  }
}

/** A folder that is removed when the process ends. */
function passing(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
