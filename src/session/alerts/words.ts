/**
 * Splits a command into its words by a shell's simplest rules: words lie between blanks; '…' is taken as it is; in "…",
 * and outside of quotes, a backslash takes the meaning from what follows. Nothing else has a meaning: no variables, no
 * patterns, no pipes. Throws a RangeError for a quote that is not closed, and for no word at all.
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
