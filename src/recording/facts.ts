import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { EventKind } from '../core/event.js';
import type { Note } from '../core/note.js';
import type { Millis } from '../core/sample.js';
import type { RecordingEnd } from './ending.js';
import { EventList } from './event-list.js';
import { type Entry, isSample, RecordingReader } from './reader.js';

/** The version of `gatherFacts`: facts of another version are gathered again. */
export const GATHERING = 3;

const MAX_NOTES = 1000;
const MAX_NOTE_LENGTH = 500;

/** The facts that a recording's file holds about itself. */
export interface Facts {
  gathering: number;
  /** Bytes, and the time of the last change: the facts are valid while both stay the same. */
  size: number;
  changedAt: Millis;
  startedAt: Millis;
  endedAt: Millis;
  samples: number;
  targets: readonly { target: string; name: string }[];
  events: Partial<Record<EventKind, number>>;
  /** The notes that it holds, oldest first. */
  notes: readonly Note[];
  ending: RecordingEnd;
}

/** Size and time of change of a file as it is now. */
export function stampOf(path: string): Pick<Facts, 'size' | 'changedAt'> {
  const { size, mtimeMs } = statSync(path);
  return { size, changedAt: mtimeMs };
}

/** Reads the whole file, some nine million samples a second. Rejects if it is not a recording. */
export async function gatherFacts(path: string): Promise<Facts> {
  const stamp = stampOf(path);
  const reader = RecordingReader.open(path);
  try {
    const { startedAt, targets } = reader.header;
    const events = new EventList();
    const notes: Note[] = [];
    let endedAt = startedAt;
    let samples = 0;
    const note = (entry: Entry) => {
      if (isSample(entry)) {
        samples++;
        if (entry.knownAt > endedAt) endedAt = entry.knownAt;
      } else if (entry.type === 'event') events.add(entry.data);
      else if (entry.type === 'note' && notes.length < MAX_NOTES) notes.push(shortened(entry.data));
    };
    for (let entries = reader.read(); entries; entries = reader.read()) {
      entries.forEach(note);
      await setImmediate();
    }
    return {
      gathering: GATHERING,
      ...stamp,
      startedAt,
      endedAt,
      samples,
      targets: targets.map(({ target, name }) => ({ target, name })),
      events: countKinds(events),
      notes,
      ending: reader.ending!,
    };
  } finally {
    reader.close();
  }
}

/** The catalogue stays small whatever a recording holds. */
function shortened({ at, text }: Note): Note {
  return { at, text: text.slice(0, MAX_NOTE_LENGTH) };
}

function countKinds(events: EventList): Facts['events'] {
  const counts: Facts['events'] = {};
  for (const { kind } of events.all()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
