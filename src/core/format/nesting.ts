/** Arrays and objects in each other: twice what the state of a detector has. */
const MAX_DEPTH = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

/**
 * Whether arrays and objects in this JSON are nested more than 100 deep. Nothing else nests them so: parsed, each level takes
 * some hundred bytes, and to write 10,000 levels again exceeds the call stack.
 */
export function isNestedTooDeep(json: string): boolean {
  // Too short for it: each level takes two characters.
  if (json.length <= 2 * MAX_DEPTH) return false;
  let depth = 0;
  for (let place = 0; place < json.length && depth <= MAX_DEPTH; place++) {
    const code = json.charCodeAt(place);
    if (code === QUOTE) place = endOfText(json, place);
    else if (OPENING.includes(code)) depth++;
    else if (CLOSING.includes(code)) depth--;
  }
  return depth > MAX_DEPTH;
}

/** The place of the closing quote, or the end of the JSON without one. */
function endOfText(json: string, start: number): number {
  let place = start + 1;
  while (place < json.length && json.charCodeAt(place) !== QUOTE)
    place += json.charCodeAt(place) === BACKSLASH ? 2 : 1;
  return place;
}
