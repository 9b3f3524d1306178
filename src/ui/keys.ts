/** What a key can ask for. */
export type Action =
  | 'up'
  | 'down'
  | 'full'
  | 'freeze'
  | 'longer'
  | 'shorter'
  | 'event'
  | 'histogram'
  | 'reset'
  | 'back'
  | 'redraw'
  | 'help'
  | 'quit'
  | 'interrupt';

export interface Key {
  /** As the terminal library names them. */
  keys: readonly string[];
  /** As people name them. */
  label: string;
  help: string;
  /** The same in a word, where there is little room. */
  hint: string;
  action: Action;
}

/** Every key there is: bindings, help and hints derive from this table. Hints are in order of worth. */
export const KEYS: readonly Key[] = [
  { keys: ['q'], label: 'q', help: 'quit', hint: 'quit', action: 'quit' },
  { keys: ['?'], label: '?', help: 'this help', hint: 'help', action: 'help' },
  {
    keys: ['space'],
    label: 'space',
    help: 'freeze the picture; probing goes on',
    hint: 'freeze',
    action: 'freeze',
  },
  { keys: ['up', 'k'], label: 'up k', help: 'target above', hint: 'above', action: 'up' },
  { keys: ['down', 'j'], label: 'down j', help: 'target below', hint: 'below', action: 'down' },
  { keys: ['enter'], label: 'Enter', help: 'graph in full, and back', hint: 'full', action: 'full' },
  { keys: ['+', '='], label: '+', help: 'longer time span', hint: 'longer', action: 'longer' },
  { keys: ['-', '_'], label: '-', help: 'shorter time span', hint: 'shorter', action: 'shorter' },
  {
    keys: ['e'],
    label: 'e',
    help: 'jump to an event; again: the one before',
    hint: 'event',
    action: 'event',
  },
  {
    keys: ['h'],
    label: 'h',
    help: 'histogram of round trips, and back',
    hint: 'histogram',
    action: 'histogram',
  },
  { keys: ['r'], label: 'r', help: 'reset statistics', hint: 'reset', action: 'reset' },
  { keys: ['escape'], label: 'Esc', help: 'back to the live picture', hint: 'back', action: 'back' },
  { keys: ['C-l'], label: 'Ctrl-L', help: 'draw everything anew', hint: 'redraw', action: 'redraw' },
  { keys: ['C-c'], label: 'Ctrl-C', help: 'quit, as SIGINT does', hint: 'quit', action: 'interrupt' },
];

const ACTIONS = new Map(KEYS.flatMap(({ keys, action }) => keys.map(key => [key, action] as const)));

export function actionOf(key: string): Action | undefined {
  return ACTIONS.get(key);
}
