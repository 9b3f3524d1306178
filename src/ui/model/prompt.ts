import { printable } from '../../core/format/text.js';

/** A question on screen, with the text typed so far. */
export interface Prompt {
  label: string;
  text: string;
  /** A panel with the possible answers, in place of the log. */
  panel?: 'bookmarks';
  /** Why the answer was refused. */
  problem?: string;
  /** The answer is being checked; keys other than those that cancel do nothing. */
  checking?: boolean;
}

export interface KeyPress {
  /** The key's name, with its modifiers. */
  key: string;
  /** The character that it types, if any. */
  character: string | undefined;
}

const MAX_LENGTH = 200;

/** The prompt after a key; `entered` and `left` close it. */
export function typed(prompt: Prompt, { key, character = '' }: KeyPress): Prompt | 'entered' | 'left' {
  if (key === 'enter' || key === 'return') return 'entered';
  if (key === 'escape' || key === 'C-c') return 'left';
  const { problem, ...asked } = prompt;
  const { text, checking } = asked;
  if (checking) return prompt;
  if (key === 'backspace') return { ...asked, text: text.slice(0, -1) };
  if (key === 'C-u') return { ...asked, text: '' };
  const fits = /^[^\x00-\x1f\x7f]+$/.test(character) && text.length + character.length <= MAX_LENGTH;
  return fits ? { ...asked, text: text + printable(character) } : prompt;
}
