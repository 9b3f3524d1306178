interface Occurrences {
  count: number;
  /** The first line. */
  first: number;
}

/** What an import reports of a log: the lines that it skipped, and the gaps between runs; each by its reason. */
export class Skipped {
  private readonly lines = new Map<string, Occurrences>();
  private readonly gaps = new Map<string, Occurrences>();

  add(reason: string, line: number): void {
    count(this.lines, reason, line);
  }

  gap(reason: string, line: number): void {
    count(this.gaps, reason, line);
  }

  /** One text a reason, such as `3 lines skipped: not understood (first at line 7)`. */
  summaries(): string[] {
    return [
      ...texts(this.lines, 'line skipped', 'lines skipped'),
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
