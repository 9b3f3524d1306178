/** Characters that a terminal would act on, hide, reorder or draw in an unpredictable width. */
const UNSAFE = new RegExp(
  [
    '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]', // controls (ESC, C1), bidi and zero-width, lone surrogates
    '\\p{M}', // combining marks
    '\\p{Emoji_Presentation}',
    '[\\u{10000}-\\u{10ffff}]',
    '[\\u115f\\u1160\\u3164\\uffa0\\u2329\\u232a]', // blanks that are classified as letters; brackets of ambiguous width
  ].join('|'),
  'gu',
);
const SUBSTITUTE = '\ufffd';

/** Characters two cells wide: East Asian Width W and F (Unicode Annex 11) within the Basic Multilingual Plane. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3040-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Only characters outside of the ranges of WIDE, as in nearly all text: one test instead of one for each character. */
const NARROW = /^[\0-\u10ff\u1160-\u2e7f]*$/;

/**
 * Text from outside, safe to show: one line, of characters that do not control the terminal. All others become a visible
 * substitute, so that a forged name can't pass for another.
 */
export function printable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\t\r\n]+/g, ' ')
    .replace(UNSAFE, SUBSTITUTE);
}

/** The same in ASCII, for terminals without UTF-8. */
export function asciiOnly(text: string): string {
  return text
    .replace(/[−–—]/g, '-')
    .replace(/×/g, 'x')
    .replace(/[‘’]/g, "'")
    .replace(/µ/g, 'u')
    .replace(/…/g, '~')
    .replace(/[“”]/g, '"')
    .replace(/[^\x20-\x7e]/g, '?');
}

/** The width of a printable text in cells. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += WIDE.test(char) ? 2 : 1;
  return width;
}

/** At most `width` cells of the text; an ellipsis shows that it was cut. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const char of text) {
    used += widthOf(char);
    if (used > width - 1) break;
    kept += char;
  }
  return width > 0 ? `${kept}…` : '';
}

export function padEnd(text: string, width: number): string {
  const clipped = clip(text, width);
  return clipped + ' '.repeat(Math.max(0, width - widthOf(clipped)));
}

export function padStart(text: string, width: number): string {
  const clipped = clip(text, width);
  return ' '.repeat(Math.max(0, width - widthOf(clipped))) + clipped;
}

/** A text that the user typed, in quotation marks and not too long. */
export function quoted(text: string): string {
  return `“${clip(text, MAX_QUOTED)}”`;
}

const MAX_QUOTED = 30;

/** Breaks a text at spaces into lines of at most `width` cells; a longer word is clipped. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const joined = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(clip(word, width));
  }
  return lines;
}
