/**
 * Characters that JSON permits, but that a terminal may act on, hide or reorder by: DEL, C1 controls, all format characters
 * (zero-width, bidirectional, tags) and Unicode line ends.
 */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Nearly all JSON is printable ASCII, and this test is ten times as fast as that for unsafe characters. */
const BEYOND_ASCII = /[^ -~]/;

/** JSON that is safe to show: characters that could control a terminal are escaped, and read back the same. */
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
