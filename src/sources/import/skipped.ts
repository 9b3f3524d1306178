import { printable } from '../../core/format/text.js';

interface Occurrences {
  count: number;
  /** The first line. */
  first: number;
}

/** Characters of a line that a message shows. */
const MAX_SHOWN = 80;

/**
 * What an import reports of a log: the lines that it skipped, those of which it read a part only, and the gaps between runs;
 * each by its reason.
 */
export class Skipped {
  private readonly lines = new Map<string, Occurrences>();
  private readonly parts = new Map<string, Occurrences>();
  private readonly gaps = new Map<string, Occurrences>();
  /** The first line that was not understood, as text to show. */
  strange: string | undefined;

  add(reason: string, line: number): void {
    count(this.lines, reason, line);
  }

  notUnderstood(text: string, line: number): void {
    this.strange ??= printable(text.slice(0, MAX_SHOWN));
    this.add('not understood', line);
  }

  inPart(reason: string, line: number): void {
    count(this.parts, reason, line);
  }

  gap(reason: string, line: number): void {
    count(this.gaps, reason, line);
  }

  /** One text a reason, such as `3 lines skipped: not understood (first at line 7)`. */
  summaries(): string[] {
    return [
      ...texts(this.lines, 'line skipped', 'lines skipped'),
      ...texts(this.parts, 'line read in part', 'lines read in part'),
      ...texts(this.gaps, 'new stream after a gap', 'new streams after gaps'),
    ];
  }
}

/** Reasons may hold figures of the log; those beyond this number are counted together. */
const MAX_REASONS = 20;

function count(reasons: Map<string, Occurrences>, reason: string, line: number): void {
  const key = reasons.has(reason) || reasons.size < MAX_REASONS ? reason : 'other reasons';
  const known = reasons.get(key);
  if (known) known.count++;
  else reasons.set(key, { count: 1, first: line });
}

function texts(reasons: ReadonlyMap<string, Occurrences>, one: string, many: string): string[] {
  return [...reasons].map(
    ([reason, { count, first }]) =>
      `${count} ${count === 1 ? one : many}: ${reason} (first at line ${first})`,
  );
}
