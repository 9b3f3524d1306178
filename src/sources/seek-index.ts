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
import { inflateRawSync } from 'node:zlib';
import type { Millis } from '../core/sample.js';
import type { Json } from '../core/validation/saved-state.js';
import { declaredEnd } from '../recording/declared-end.js';
import { cacheFolder } from '../recording/folder.js';
import { RecordingReader } from '../recording/reader.js';
import { SessionEngine } from '../session/engine.js';
import { version } from '../system/version.js';
import { type IndexData, type Place, Survey, type SurveyOptions } from './survey.js';

/** The version of the index. */
const FORMAT = 2;
const MAX_AGE_MS: Millis = 30 * 86_400_000;
/** Permission bits of group and others. */
const OTHERS_WRITE = 0o022;

export interface IndexOptions extends SurveyOptions {
  /** The folder of indexes; the user's cache by default. */
  folder?: string;
}

/** An index with its states, kept in a cache: made at the first opening of a recording with these detectors. */
export class SeekIndex {
  /** Called after each part of the recording that was read. */
  onProgress: ((share: number) => void) | undefined;
  /** Resolves when the index holds the whole recording, or was closed; rejects with the fault of the recording. */
  readonly complete: Promise<void>;
  private stored: IndexData | undefined;
  private survey: Survey | undefined;

  private constructor(
    private statesPath: string,
    source: IndexData | ((index: SeekIndex) => Promise<void>),
  ) {
    if (typeof source !== 'function') this.stored = source;
    this.complete = typeof source === 'function' ? source(this) : Promise.resolve();
    this.complete.catch(() => {});
  }

  /** Reads the index from the cache or makes it. Rejects with the fault of the recording. */
  static async of(path: string, options: IndexOptions): Promise<SeekIndex> {
    const index = SeekIndex.begin(path, options);
    await index.complete;
    return index;
  }

  /** Reads the index from the cache or begins to make it: until `complete`, it holds the part that was read. */
  static begin(path: string, options: IndexOptions): SeekIndex {
    const folder = writable(options.folder ?? cacheFolder());
    const base = join(folder, keyOf(path, options));
    const cached = readCached(base, options);
    if (cached) return new SeekIndex(`${base}.states`, cached);
    return new SeekIndex(`${base}.${process.pid}.states`, index => index.make(path, base, options));
  }

  get data(): IndexData {
    return this.stored ?? this.survey!.data;
  }

  get endedAt(): Millis {
    return (this.stored ?? this.survey!).endedAt;
  }

  /** The share of the recording that the index holds, in 0…1. */
  get share(): number {
    return this.stored ? 1 : this.survey!.share;
  }

  /** Whether a replay can begin at that moment. */
  reaches(at: Millis): boolean {
    return this.stored !== undefined || this.survey!.reachedAt >= at;
  }

  /** Stops making it; what was made is removed. */
  close(): void {
    this.survey?.stop();
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
  stateAt(place: Place): Json {
    return stateIn(this.statesPath, place);
  }

  /** Judges the whole recording in one pass and saves the state at intervals. */
  private async make(path: string, base: string, options: IndexOptions): Promise<void> {
    const reader = RecordingReader.open(path);
    const draft = `${base}.${process.pid}`;
    const remove = () => {
      for (const part of ['states', 'json']) rmSync(`${draft}.${part}`, { force: true });
    };
    const states = openSync(this.statesPath, 'w', 0o600);
    process.once('exit', remove);
    try {
      const progress = (share: number) => {
        options.progress?.(share);
        this.onProgress?.(share);
      };
      const write = (packed: Uint8Array) => void writeSync(states, packed);
      this.survey = new Survey(reader, { ...options, progress }, write, declaredEnd(path));
      await this.survey.run();
      const { data } = this.survey;
      if (!data.ending) return;
      writeFileSync(`${draft}.json`, JSON.stringify(data), { mode: 0o600 });
      for (const part of ['states', 'json']) renameSync(`${draft}.${part}`, `${base}.${part}`);
      this.statesPath = `${base}.states`;
      this.stored = data;
      this.survey = undefined;
    } finally {
      closeSync(states);
      reader.close();
      remove();
      process.removeListener('exit', remove);
    }
  }
}

function stateIn(path: string, { state: { start, length } }: Place): Json {
  const fd = openSync(path, 'r');
  try {
    const packed = Buffer.alloc(length);
    readSync(fd, packed, 0, length, start);
    return JSON.parse(inflateRawSync(packed).toString());
  } finally {
    closeSync(fd);
  }
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

function readCached(base: string, { choices, holdMs }: IndexOptions): IndexData | undefined {
  try {
    const data: IndexData = JSON.parse(readFileSync(`${base}.json`, 'utf8'));
    if (!data.changes) return undefined; // from a build without changes of targets
    new SessionEngine(choices, holdMs).load(stateIn(`${base}.states`, data.places.at(-1)!));
    return data;
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
