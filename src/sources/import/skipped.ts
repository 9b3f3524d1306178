/** The lines that an import skipped: for each reason, their number and the first one. */
export class Skipped {
  private readonly reasons = new Map<string, { count: number; first: number }>();

  add(reason: string, line: number): void {
    const known = this.reasons.get(reason);
    if (known) known.count++;
    else this.reasons.set(reason, { count: 1, first: line });
  }

  /** One text a reason, such as `3 lines skipped: not understood (first at line 7)`. */
  summaries(): string[] {
    return [...this.reasons].map(
      ([reason, { count, first }]) =>
        `${count} ${count === 1 ? 'line' : 'lines'} skipped: ${reason} (first at line ${first})`,
    );
  }
}
