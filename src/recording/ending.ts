import type { Millis } from '../core/sample.js';

/** How a recording ended: as meant; in the middle, as after a kill -9; or either of these with something lost. */
export type RecordingEnd =
  /** `foreign`: bytes that somebody else wrote behind the end line. */
  | { kind: 'complete'; foreign?: number }
  | { kind: 'incomplete'; why: string }
  | ({ kind: 'damaged' } & Damage);

/** What was lost in the middle of a recording. */
export interface Damage {
  /** Of the first row that was lost, and what is wrong with it. */
  line: number;
  why: string;
  /** Stretches that were lost, and their bytes. */
  places: number;
  bytes: number;
  /** Recorded time that was lost, as far as it is known: rows count from one another. */
  missingMs: Millis;
  /** Samples that were lost, where the end line tells how many there were. */
  samples?: number;
  /** Moments and numbers after `line` may be too early: nothing in the file tells them anew. */
  adrift?: true;
  /** Why the recording has no end, where it has none either. */
  incomplete?: string;
}

/** What a reader of the recording should know, in words; nothing of one that ended as meant. */
export function endingNotes(ending: RecordingEnd): string[] {
  switch (ending.kind) {
    case 'complete':
      return ending.foreign === undefined
        ? []
        : [
            `complete; ${ending.foreign} bytes behind the end line are not part of the recording and were left out`,
          ];
    case 'incomplete':
      return [`INCOMPLETE: ${ending.why}`];
    case 'damaged':
      return [
        damageNote(ending),
        ...(ending.incomplete === undefined ? [] : [`INCOMPLETE: ${ending.incomplete}`]),
      ];
  }
}

function damageNote({ line, why, places, bytes, missingMs, samples, adrift }: Damage): string {
  const more = places > 1 ? ` and at ${places - 1} more ${places === 2 ? 'place' : 'places'}` : '';
  const lost = [
    `${bytes} bytes`,
    ...(samples === undefined ? [] : [`${samples} ${samples === 1 ? 'sample' : 'samples'}`]),
    ...(missingMs > 0 ? [`${(missingMs / 1000).toFixed(2)} s`] : []),
  ];
  const early = adrift ? '; later times and probe numbers may be too low by what is missing' : '';
  return `DAMAGED at line ${line} (${why})${more}: ${lost.join(', ')} missing${early}`;
}
