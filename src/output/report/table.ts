import { escaped } from './svg.js';

/** A cell that leads to a place in the page. */
export interface Link {
  text: string;
  /** The id of the place. */
  to: string;
}

export interface TableRow {
  cells: readonly (string | Link)[];
  /** A line of text below the cells. */
  under?: string;
}

/** A table as HTML; all texts are escaped here. Columns from `numbers` on are right-aligned. */
export function htmlTable(
  caption: string,
  head: readonly string[],
  rows: readonly TableRow[],
  numbers: number,
): string {
  const side = (column: number) => (column >= numbers ? ' class="number"' : '');
  const bodies = rows.map(({ cells, under }) => {
    const first = cells.map((cell, column) => `<td${side(column)}>${content(cell)}</td>`).join('');
    const below = under
      ? `<tr class="under"><td></td><td colspan="${cells.length - 1}">${escaped(under)}</td></tr>`
      : '';
    return `<tbody><tr>${first}</tr>${below}</tbody>`;
  });
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption>
<thead><tr>${head.map((text, column) => `<th scope="col"${side(column)}>${escaped(text)}</th>`).join('')}</tr></thead>
${bodies.join('\n')}</table></div>`;
}

function content(cell: string | Link): string {
  return typeof cell === 'string'
    ? escaped(cell)
    : `<a href="#${escaped(cell.to)}">${escaped(cell.text)}</a>`;
}
