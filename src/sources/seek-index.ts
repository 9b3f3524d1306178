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
import { cacheFolder } from '../recording/folder.js';
import { RecordingReader } from '../recording/reader.js';
import { SessionEngine } from '../session/engine.js';
import { version } from '../system/version.js';
import { type IndexData, type Place, type SurveyOptions, survey } from './survey.js';

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
