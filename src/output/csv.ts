import { printable } from '../core/format/text.js';

/** A line of CSV (RFC 4180). */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Texts of cells that are kept: names of targets and kinds come in every row. */
const MAX_KEPT = 10_000;

/** Cells of CSV, of which texts repeat. */
export class CsvCells {
  private readonly texts = new Map<string, string>();

  of(value: unknown): string {
    if (typeof value === 'number') return `${value}`;
    if (typeof value !== 'string') return cell(value);
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    if (this.texts.size >= MAX_KEPT) this.texts.clear();
    const text = cell(value);
    this.texts.set(value, text);
    return text;
  }
}

/**
 * Texts come from outside: a terminal must not execute them, and a spreadsheet must not take them for formulas, whatever
 * separator it uses and whichever form of the signs it accepts. Reference: OWASP, CSV Injection.
 */
function cell(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = printable(value).replace(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/, "'$&");
  return /[",;|]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
