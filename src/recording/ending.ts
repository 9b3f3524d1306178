import type { Millis } from '../core/sample.js';

/** How a recording ended: complete; in the middle, as after a kill -9; or either of these with rows lost. */
export type RecordingEnd =
  /** `foreign`: bytes after the end line, which another program wrote. */
  | { kind: 'complete'; foreign?: number }
  | { kind: 'incomplete'; why: string }
  | ({ kind: 'damaged' } & Damage);

/** The loss in the middle of a recording. */
export interface Damage {
  /** The line of the first row that was lost, and what is wrong with it. */
  line: number;
  why: string;
  /** The number of places where rows were lost, and the bytes lost there. */
  places: number;
  bytes: number;
  /** Recorded time that was lost, as far as it can be computed: each row counts from the one before. */
  missingMs: Millis;
  /** Samples that were lost; undefined without an end line, which holds their number. */
  samples?: number;
  /** Times and probe numbers after `line` may be too low: no sync row follows that corrects them. */
  adrift?: true;
  /** Why the recording has no end line, if it has none either. */
  incomplete?: string;
}

/** Messages about the ending for the user; none for a complete recording. */
export function endingNotes(ending: RecordingEnd): string[] {
  switch (ending.kind) {
    case 'complete':
      return ending.foreign === undefined
        ? []
        : [
            `complete; ${ending.foreign} bytes after the end line are not part of the recording and were ignored`,
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
  const early = adrift ? '; later times and probe numbers may be too low by the missing part' : '';
  return `DAMAGED at line ${line} (${why})${more}: ${lost.join(', ')} missing${early}`;
}
