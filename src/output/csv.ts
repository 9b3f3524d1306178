import { printable } from '../core/format/text.js';

/** A line of CSV (RFC 4180). */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
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
