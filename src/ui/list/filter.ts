import type { ListFact } from './facts.js';

type Test = (text: string) => boolean;

/**
 * Whether a target matches all words of a filter, ignoring case: as part of its name, identity or address, or as the
 * start of its light's name. A word with a `*`, which stands for any text, must match the whole.
 */
export function matcherOf(filter: string): (fact: ListFact) => boolean {
  const words = filter.toLowerCase().split(' ').filter(Boolean);
  const tests = words.map(word => ({ word, test: testOf(word) }));
  return ({ target: { name, target, address }, light }) => {
    const texts = [name, target, address].map(text => text.toLowerCase());
    return tests.every(({ word, test }) => light.startsWith(word) || texts.some(test));
  };
}

function testOf(word: string): Test {
  const [first = '', ...rest] = word.split('*');
  const last = rest.pop();
  return last === undefined ? text => text.includes(word) : text => matches(text, first, rest, last);
}

/** Matches part by part, because a regular expression with many stars takes exponential time. */
function matches(text: string, first: string, between: readonly string[], last: string): boolean {
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of between) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
