/**
 * What JSON permits although a terminal may act on it, hide it or reorder by it: DEL and C1 controls, and whatever is formatting
 * (zero-width, bidirectional, tags), line ends of Unicode included.
 */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Nearly all JSON is printable ASCII, and this is ten times as fast as a look for what is unsafe. */
const BEYOND_ASCII = /[^ -~]/;

/** JSON that is safe to show: whatever could steer a terminal is written as an escape, and reads back the same. */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value);
  return BEYOND_ASCII.test(json) ? json.replace(UNSAFE, escapes) : json;
}

/** One escape for each UTF-16 unit. */
function escapes(char: string): string {
  return Array.from({ length: char.length }, (_, unit) => escaped(char.charCodeAt(unit))).join('');
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
