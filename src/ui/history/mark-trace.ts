import type { Millis, Sample } from '../../core/sample.js';

/** An outcome that is neither an echo nor a reading of a clock, in a word or two. */
export interface Mark {
  /** The row of a picture that it belongs to: `frames`, `echo` or `prober`. */
  row: string;
  /** Such as `RARP`. */
  word: string;
}

/** A series of announcements takes five to ten frames; a flood of forged ones must not fill the memory. */
const CAPACITY = 256;

const ANNOUNCEMENTS = {
  arp: 'gratuitous ARP',
  rarp: 'RARP',
  advertisement: 'advertisement',
} as const;

/** The latest announcements, duplicates, answers from elsewhere and unsent probes of a target, in bounded memory. */
export class MarkTrace {
  private marks: { at: Millis; mark: Mark }[] = [];

  /** Stores such a sample and ignores others. */
  put({ knownAt, outcome }: Sample): void {
    const mark = markOf(outcome);
    if (!mark) return;
    this.marks.push({ at: knownAt, mark });
    if (this.marks.length > CAPACITY) this.marks.shift();
  }

  /** Visits the marks since `from`, newest first. */
  since(from: Millis, visit: (at: Millis, mark: Mark) => void): void {
    for (let index = this.marks.length - 1; index >= 0; index--) {
      const { at, mark } = this.marks[index]!;
      if (at < from) return;
      visit(at, mark);
    }
  }

  copy(): MarkTrace {
    const copy = new MarkTrace();
    copy.marks = [...this.marks];
    return copy;
  }
}

function markOf(outcome: Sample['outcome']): Mark | undefined {
  switch (outcome.kind) {
    case 'announce': {
      // An answer to somebody's question says nothing about a move.
      return outcome.gratuitous ? { row: 'frames', word: ANNOUNCEMENTS[outcome.via] } : undefined;
    }
    case 'duplicate':
      return { row: 'echo', word: 'duplicate' };
    case 'foreign':
      return { row: 'echo', word: 'answer from elsewhere' };
    case 'unsent':
      return { row: 'prober', word: 'unsent' };
    default:
      return undefined;
  }
}
