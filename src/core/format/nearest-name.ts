/** Longer input is not a typo, and comparing it takes long. */
const MAX_NAME = 100;

/** The known name nearest to `name`, if any is near enough to be what the user meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_NAME) return undefined;
  const ranked = known
    .filter(candidate => candidate.length <= MAX_NAME)
    .map(candidate => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** An error with the unknown name, the known names, and the one that was probably meant. */
export function unknownName(what: string, name: string, known: readonly string[]): RangeError {
  const guess = nearest(name, known);
  const hint = guess ? `Did you mean "${guess}"?` : `Known: ${known.join(', ') || 'none'}.`;
  return new RangeError(`unknown ${what} "${name}". ${hint}`);
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
