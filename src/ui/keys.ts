/** What a key can ask for. */
export type Action =
  | 'up'
  | 'down'
  | 'full'
  | 'freeze'
  | 'longer'
  | 'shorter'
  | 'left'
  | 'right'
  | 'now'
  | 'cursor'
  | 'shape'
  | 'fixed'
  | 'statistic'
  | 'figures'
  | 'event'
  | 'histogram'
  | 'reset'
  | 'record'
  | 'note'
  | 'pause'
  | 'step'
  | 'slower'
  | 'faster'
  | 'goto'
  | 'previousEvent'
  | 'nextEvent'
  | 'begin'
  | 'end'
  | 'compare'
  | 'checklist'
  | 'expect'
  | 'bell'
  | 'back'
  | 'redraw'
  | 'help'
  | 'quit'
  | 'interrupt';

export type Mode = 'live' | 'replay';

export interface Key {
  /** As the terminal library names them. */
  keys: readonly string[];
  /** As people name them. */
  label: string;
  help: string;
  /** The same in a word, where there is little room. */
  hint: string;
  action: Action;
  /** Where it means something; everywhere where absent. */
  mode?: Mode;
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
    mode: 'live',
  },
  {
    keys: ['space'],
    label: 'space',
    help: 'pause, and go on',
    hint: 'pause',
    action: 'pause',
    mode: 'replay',
  },
  {
    keys: [']', 'e'],
    label: '] e',
    help: 'go to the next event',
    hint: 'next',
    action: 'nextEvent',
    mode: 'replay',
  },
  {
    keys: ['['],
    label: '[',
    help: 'go to the event before',
    hint: 'before',
    action: 'previousEvent',
    mode: 'replay',
  },
  { keys: ['>'], label: '>', help: 'play faster', hint: 'faster', action: 'faster', mode: 'replay' },
  { keys: ['<'], label: '<', help: 'play slower', hint: 'slower', action: 'slower', mode: 'replay' },
  { keys: ['g'], label: 'g', help: 'go to HH:MM:SS.mmm', hint: 'go to', action: 'goto', mode: 'replay' },
  { keys: ['.'], label: '.', help: 'pause, one sample on', hint: 'step', action: 'step', mode: 'replay' },
  {
    keys: ['c'],
    label: 'c',
    help: 'events as recorded beside those judged now, and back',
    hint: 'compare',
    action: 'compare',
    mode: 'replay',
  },
  {
    keys: ['S-r'],
    label: 'R',
    help: 'record from here on, and stop',
    hint: 'record',
    action: 'record',
    mode: 'live',
  },
  { keys: ['up', 'k'], label: 'up k', help: 'target above', hint: 'above', action: 'up' },
  { keys: ['down', 'j'], label: 'down j', help: 'target below', hint: 'below', action: 'down' },
  { keys: ['enter'], label: 'Enter', help: 'graph in full, and back', hint: 'full', action: 'full' },
  { keys: ['+', '='], label: '+', help: 'longer time span', hint: 'longer', action: 'longer' },
  { keys: ['-', '_'], label: '-', help: 'shorter time span', hint: 'shorter', action: 'shorter' },
  { keys: ['left'], label: 'left', help: 'graph to earlier times', hint: 'earlier', action: 'left' },
  { keys: ['right'], label: 'right', help: 'graph to later times', hint: 'later', action: 'right' },
  { keys: ['0'], label: '0', help: 'graph back to now', hint: 'now', action: 'now' },
  {
    keys: ['v'],
    label: 'v',
    help: 'read the graph off with left and right, and stop',
    hint: 'read off',
    action: 'cursor',
  },
  {
    keys: ['w'],
    label: 'w',
    help: "why: each detector's statistic and its limit",
    hint: 'why',
    action: 'statistic',
  },
  {
    keys: ['p'],
    label: 'p',
    help: 'percentiles, jitter and loss, and back',
    hint: 'percentiles',
    action: 'figures',
  },
  {
    keys: ['l'],
    label: 'l',
    help: 'scale: automatic, linear, logarithmic',
    hint: 'scale',
    action: 'shape',
  },
  {
    keys: ['y'],
    label: 'y',
    help: 'one scale for all targets, and back',
    hint: 'one scale',
    action: 'fixed',
  },
  {
    keys: ['e'],
    label: 'e',
    help: 'jump to an event; again: the one before',
    hint: 'event',
    action: 'event',
    mode: 'live',
  },
  { keys: ['n'], label: 'n', help: 'note in the recording', hint: 'note', action: 'note', mode: 'live' },
  {
    keys: ['m'],
    label: 'm',
    help: 'maintenance: who is going to move, and who did',
    hint: 'maintenance',
    action: 'checklist',
  },
  {
    keys: ['x'],
    label: 'x',
    help: 'expect the chosen target to move, or no more',
    hint: 'expect',
    action: 'expect',
    mode: 'live',
  },
  {
    keys: ['b'],
    label: 'b',
    help: 'ring the bell when a light turns red, and stop',
    hint: 'bell',
    action: 'bell',
    mode: 'live',
  },
  {
    keys: ['home'],
    label: 'Home',
    help: 'go to the beginning',
    hint: 'begin',
    action: 'begin',
    mode: 'replay',
  },
  { keys: ['end'], label: 'End', help: 'go to the end', hint: 'end', action: 'end', mode: 'replay' },
  {
    keys: ['h'],
    label: 'h',
    help: 'histogram of round trips, and back',
    hint: 'histogram',
    action: 'histogram',
  },
  { keys: ['r'], label: 'r', help: 'reset statistics', hint: 'reset', action: 'reset' },
  { keys: ['escape'], label: 'Esc', help: 'back to the usual picture', hint: 'back', action: 'back' },
  { keys: ['C-l'], label: 'Ctrl-L', help: 'draw everything anew', hint: 'redraw', action: 'redraw' },
  { keys: ['C-c'], label: 'Ctrl-C', help: 'quit, as SIGINT does', hint: 'quit', action: 'interrupt' },
];

export function keysOf(mode: Mode): readonly Key[] {
  return KEYS.filter(key => (key.mode ?? mode) === mode);
}

export function actionOf(key: string, mode: Mode): Action | undefined {
  return keysOf(mode).find(({ keys }) => keys.includes(key))?.action;
}
