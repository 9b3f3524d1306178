import { widthOf } from './text.js';

/** Columns side by side, two spaces apart; those named in `right` are flush right. Cells must be printable. */
export function textTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const columns = Math.max(0, ...rows.map(row => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map(row => widthOf(row[column] ?? ''))),
  );
  return rows.map(row =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        const pad = ' '.repeat(width - widthOf(cell));
        return right.includes(column) ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Terms on the left, indented by two, and their explanations from `column` on, wrapped to `width`. A term that leaves no
 * room for its explanation gets a line of its own.
 */
export function definitionList(
  rows: readonly (readonly [term: string, explanation: string])[],
  column: number,
  width: number,
): string[] {
  const indent = ' '.repeat(column);
  return rows.flatMap(([term, explanation]) => {
    const [first = '', ...rest] = wrapped(explanation, width - column);
    const head = `  ${term}`;
    const opening =
      widthOf(head) < column ? [head + indent.slice(widthOf(head)) + first] : [head, indent + first];
    return [...opening, ...rest.map(line => indent + line)];
  });
}

function wrapped(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
}
