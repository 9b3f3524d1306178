/**
 * Splits a command into words by a shell's simplest rules: blanks separate words; '…' is literal; in "…", and outside of
 * quotes, a backslash makes the next character literal. Nothing else is special: no variables, no patterns, no pipes.
 * Throws a RangeError for a quote that is not closed, and for an empty command.
 */
export function commandWords(text: string): string[] {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const found = WORD.exec(rest);
    if (!found) throw new RangeError(`a quote is not closed, or nothing follows a backslash, in ${rest}`);
    words.push(found[0].replace(PIECE, unquoted));
    rest = rest.slice(found[0].length).trimStart();
  }
  if (words.length === 0)
    throw new RangeError('an empty command: name a program, such as "notify-send migwatch"');
  return words;
}

const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|[^\s'"\\]/gs;
/** Pieces without a blank between them, up to a blank or the end. */
const WORD = new RegExp(`^(?:${PIECE.source})+(?=\\s|$)`, 's');

function unquoted(piece: string, single?: string, double?: string, escaped?: string): string {
  return single ?? double?.replace(/\\(.)/gs, '$1') ?? escaped ?? piece;
}
