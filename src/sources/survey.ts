import { setImmediate } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import type { DetectorChoice } from '../core/detector.js';
import type { MigrationEvent } from '../core/event.js';
import type { Millis } from '../core/sample.js';
import type { RecordingEnd } from '../recording/ending.js';
import { EventList } from '../recording/event-list.js';
import { type Entry, type FilePosition, isSample, type RecordingReader } from '../recording/reader.js';
import type { KnownRow, RowData } from '../recording/rows.js';
import { SessionEngine } from '../session/engine.js';
import { monotonicNow } from '../system/clock.js';

/** A seek processes at most this many samples and rows again, plus those of one chunk. */
const ENTRIES_BETWEEN = 50_000;
const MAX_NOTES = 10_000;
const MAX_CHANGES = 100_000;
/** Keys, signals and the screen wait for at most this long. */
const TURN_MS: Millis = 12;
/** Entries between two readings of the clock. */
const STRIDE = 64;

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

/** The result of one pass over a recording, so that a replay can start anywhere; while it lasts, of the part that was read. */
export interface IndexData {
  startedAt: Millis;
  /** While the recording is read: as its last row says, or the end of what was read. */
  endedAt: Millis;
  samples: number;
  /** Absent while the recording is read. */
  ending?: RecordingEnd;
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

/** Judges a whole recording in one pass, beside whatever else the program does. */
export class Survey {
  /** Everything known by then was read. */
  reachedAt: Millis;
  private readonly engine: SessionEngine;
  private readonly recorded = new EventList();
  private readonly judged = new EventList();
  private readonly places: Place[] = [];
  private readonly gaps: RowData['gap'][] = [];
  private readonly notes: RowData['note'][] = [];
  private readonly changes: Change[] = [];
  private startedAt: Millis | undefined;
  private samples = 0;
  private written = 0;
  private stopped = false;
  private done = false;

  /** `write` gets the engine's packed state of each place, in their order; `declaredEnd` is when the recording says that it ended. */
  constructor(
    private readonly reader: RecordingReader,
    private readonly options: SurveyOptions,
    private readonly write: (packed: Uint8Array) => void,
    private readonly declaredEnd?: Millis,
  ) {
    this.engine = new SessionEngine(options.choices, options.holdMs);
    this.reachedAt = reader.header.startedAt;
    this.keep(-Number.MAX_VALUE);
  }

  get data(): IndexData {
    const { startedAt, endedAt, samples, reader, places, gaps, notes, changes, recorded, judged } = this;
    const ending = this.done ? reader.ending : undefined;
    return {
      startedAt: startedAt ?? reader.header.startedAt,
      ...{ endedAt, samples, ...(ending && { ending }), places, gaps, notes, changes },
      recorded: recorded.all(),
      judged: judged.all(),
    };
  }

  /** While the recording is read: as its last row says, or the end of what was read. */
  get endedAt(): Millis {
    return this.done ? this.reachedAt : Math.max(this.reachedAt, this.declaredEnd ?? -Infinity);
  }

  /** The share that was read, in 0…1. */
  get share(): number {
    return this.reader.ending ? 1 : Math.min(1, this.reader.offset / Math.max(1, this.reader.size));
  }

  /** Resolves at the end of the recording, or soon after `stop`. */
  async run(): Promise<void> {
    const { reader, options } = this;
    const { progress, entriesBetween = ENTRIES_BETWEEN } = options;
    let sinceKept = 0;
    let turn = monotonicNow();
    for (let entries = reader.read(); entries && !this.stopped; entries = reader.read()) {
      for (const [index, entry] of entries.entries()) {
        this.take(entry);
        // Rows of disturbances are short, and each takes long to judge: a chunk of them takes seconds.
        if (index % STRIDE > 0 || monotonicNow() < turn + TURN_MS) continue;
        await setImmediate();
        if (this.stopped) return;
        turn = monotonicNow();
      }
      sinceKept += entries.length;
      if (sinceKept >= entriesBetween && !reader.ending && this.keep(this.reachedAt)) sinceKept = 0;
      progress?.(this.share);
    }
    this.done = !this.stopped;
  }

  stop(): void {
    this.stopped = true;
  }

  private take(entry: Entry): void {
    const { recorded, judged, gaps, notes, changes } = this;
    if (isSample(entry)) {
      this.samples++;
      this.startedAt ??= entry.knownAt;
      if (entry.knownAt > this.reachedAt) this.reachedAt = entry.knownAt;
    } else if (entry.type === 'event') recorded.add(entry.data);
    else if (entry.type === 'gap' && gaps.length < MAX_NOTES) gaps.push(entry.data);
    else if (entry.type === 'note' && notes.length < MAX_NOTES) notes.push(entry.data);
    else if ((entry.type === 'target' || entry.type === 'removed') && changes.length < MAX_CHANGES)
      changes.push(entry);
    for (const event of this.engine.take(entry)?.events ?? []) judged.add(event);
  }

  /** Saves a place at this position; false after damage, where a reader can't continue. */
  private keep(at: Millis): boolean {
    const { position } = this.reader;
    if (!position) return false;
    const packed = deflateRawSync(JSON.stringify(this.engine.save()), { level: 1 });
    this.write(packed);
    const state = { start: this.written, length: packed.length };
    this.places.push({ at, position, state, changes: this.changes.length });
    this.written += packed.length;
    return true;
  }
}
