import { safeJson } from '../core/format/safe-json.js';

/** Another migwatch: what its targets are marked with here, and the shell's line that runs it. */
export interface ObserverSpec {
  name: string;
  command: string;
}

const NAME = /^[\w.-]{1,40}$/;

/** Reads `NAME=COMMAND`s. Throws a RangeError that says what is wrong. */
export function parseObservers(texts: readonly string[]): ObserverSpec[] {
  const specs = texts.map(parseObserver);
  const twice = specs.find(({ name }, index) => specs.findIndex(other => other.name === name) < index);
  if (twice) throw new RangeError(`two observers are called ${twice.name}: give each a name of its own`);
  return specs;
}

function parseObserver(text: string): ObserverSpec {
  const at = text.indexOf('=');
  const [name, command] = [text.slice(0, Math.max(0, at)), text.slice(at + 1).trim()];
  if (NAME.test(name) && command !== '') return { name, command };
  throw new RangeError(
    `${safeJson(text)} is no observer: write NAME=COMMAND, such as rack2="ssh rack2 migwatch watch --headless --samples db"`,
  );
}
