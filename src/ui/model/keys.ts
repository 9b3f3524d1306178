/** What a key can ask for. */
export type Action =
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'top'
  | 'bottom'
  | 'sort'
  | 'reverse'
  | 'filter'
  | 'group'
  | 'fold'
  | 'foldAll'
  | 'add'
  | 'remove'
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
  | 'suspend'
  | 'theme'
  | 'mouse'
  | 'zone'
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
  /** The section of the help it stands in. */
  group: (typeof KEY_GROUPS)[number];
  /** Where it means something; everywhere where absent. */
  mode?: Mode;
}

/** The sections of the help, in its order. */
export const KEY_GROUPS = ['Look', 'Targets', 'Graph', 'Session', 'Replay'] as const;

/** Every key there is: bindings, help and hints derive from this table. Hints are in order of worth. */
export const KEYS: readonly Key[] = [
  { keys: ['q'], label: 'q', help: 'quit', hint: 'quit', action: 'quit', group: 'Session' },
  { keys: ['?'], label: '?', help: 'this help', hint: 'help', action: 'help', group: 'Look' },
  {
    keys: ['space'],
    label: 'space',
    help: 'freeze the picture; probing goes on',
    hint: 'freeze',
    action: 'freeze',
    group: 'Look',
    mode: 'live',
  },
  {
    keys: ['space'],
    label: 'space',
    help: 'pause, and go on',
    hint: 'pause',
    action: 'pause',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: [']', 'e'],
    label: '] e',
    help: 'go to the next event',
    hint: 'next',
    action: 'nextEvent',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['['],
    label: '[',
    help: 'go to the event before',
    hint: 'before',
    action: 'previousEvent',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['>'],
    label: '>',
    help: 'play faster',
    hint: 'faster',
    action: 'faster',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['<'],
    label: '<',
    help: 'play slower',
    hint: 'slower',
    action: 'slower',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['g'],
    label: 'g',
    help: 'go to HH:MM:SS.mmm',
    hint: 'go to',
    action: 'goto',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['.'],
    label: '.',
    help: 'pause, one sample on',
    hint: 'step',
    action: 'step',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['c'],
    label: 'c',
    help: 'events as recorded beside those judged now, and back',
    hint: 'compare',
    action: 'compare',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['S-r'],
    label: 'R',
    help: 'record from here on, and stop',
    hint: 'record',
    action: 'record',
    group: 'Session',
    mode: 'live',
  },
  { keys: ['up', 'k'], label: 'up k', help: 'target above', hint: 'above', action: 'up', group: 'Targets' },
  {
    keys: ['down', 'j'],
    label: 'down j',
    help: 'target below',
    hint: 'below',
    action: 'down',
    group: 'Targets',
  },
  {
    keys: ['/'],
    label: '/',
    help: 'list only what matches: web red 10.0.*',
    hint: 'filter',
    action: 'filter',
    group: 'Targets',
  },
  {
    keys: ['s'],
    label: 's',
    help: 'sort by light, name, RTT, loss, and as given',
    hint: 'sort',
    action: 'sort',
    group: 'Targets',
  },
  {
    keys: ['S-s'],
    label: 'S',
    help: 'sort the other way round',
    hint: 'reverse',
    action: 'reverse',
    group: 'Targets',
  },
  {
    keys: ['S-g'],
    label: 'G',
    help: 'group by what names begin with, and back',
    hint: 'group',
    action: 'group',
    group: 'Targets',
  },
  {
    keys: ['z'],
    label: 'z',
    help: 'fold its group, and unfold',
    hint: 'fold',
    action: 'fold',
    group: 'Targets',
  },
  {
    keys: ['S-z'],
    label: 'Z',
    help: 'fold all groups, and unfold',
    hint: 'fold all',
    action: 'foldAll',
    group: 'Targets',
  },
  {
    keys: ['pageup'],
    label: 'PgUp',
    help: 'a page of targets up',
    hint: 'page up',
    action: 'pageUp',
    group: 'Targets',
  },
  {
    keys: ['pagedown'],
    label: 'PgDn',
    help: 'a page of targets down',
    hint: 'page down',
    action: 'pageDown',
    group: 'Targets',
  },
  {
    keys: ['home'],
    label: 'Home',
    help: 'first target',
    hint: 'first',
    action: 'top',
    group: 'Targets',
    mode: 'live',
  },
  {
    keys: ['end'],
    label: 'End',
    help: 'last target',
    hint: 'last',
    action: 'bottom',
    group: 'Targets',
    mode: 'live',
  },
  {
    keys: ['enter'],
    label: 'Enter',
    help: 'graph in full, and back',
    hint: 'full',
    action: 'full',
    group: 'Look',
  },
  {
    keys: ['+', '='],
    label: '+',
    help: 'longer time span',
    hint: 'longer',
    action: 'longer',
    group: 'Graph',
  },
  {
    keys: ['-', '_'],
    label: '-',
    help: 'shorter time span',
    hint: 'shorter',
    action: 'shorter',
    group: 'Graph',
  },
  {
    keys: ['left'],
    label: 'left',
    help: 'graph to earlier times',
    hint: 'earlier',
    action: 'left',
    group: 'Graph',
  },
  {
    keys: ['right'],
    label: 'right',
    help: 'graph to later times',
    hint: 'later',
    action: 'right',
    group: 'Graph',
  },
  { keys: ['0'], label: '0', help: 'graph back to now', hint: 'now', action: 'now', group: 'Graph' },
  {
    keys: ['v'],
    label: 'v',
    help: 'read the graph off with left and right, and stop',
    hint: 'read off',
    action: 'cursor',
    group: 'Graph',
  },
  {
    keys: ['w'],
    label: 'w',
    help: "why: each detector's statistic and its limit",
    hint: 'why',
    action: 'statistic',
    group: 'Look',
  },
  {
    keys: ['p'],
    label: 'p',
    help: 'percentiles, jitter and loss, and back',
    hint: 'percentiles',
    action: 'figures',
    group: 'Look',
  },
  {
    keys: ['l'],
    label: 'l',
    help: 'scale: automatic, linear, logarithmic',
    hint: 'scale',
    action: 'shape',
    group: 'Graph',
  },
  {
    keys: ['y'],
    label: 'y',
    help: 'one scale for all targets, and back',
    hint: 'one scale',
    action: 'fixed',
    group: 'Graph',
  },
  {
    keys: ['e'],
    label: 'e',
    help: 'jump to an event; again: the one before',
    hint: 'event',
    action: 'event',
    group: 'Look',
    mode: 'live',
  },
  {
    keys: ['n'],
    label: 'n',
    help: 'note in the recording',
    hint: 'note',
    action: 'note',
    group: 'Session',
  },
  {
    keys: ['m'],
    label: 'm',
    help: 'maintenance: who is going to move, and who did',
    hint: 'maintenance',
    action: 'checklist',
    group: 'Look',
  },
  {
    keys: ['x'],
    label: 'x',
    help: 'expect the chosen target to move, or no more',
    hint: 'expect',
    action: 'expect',
    group: 'Targets',
    mode: 'live',
  },
  {
    keys: ['a'],
    label: 'a',
    help: 'add a target: host, label=host, tcp://host:port',
    hint: 'add',
    action: 'add',
    group: 'Targets',
    mode: 'live',
  },
  {
    keys: ['d'],
    label: 'd',
    help: 'remove the chosen target, after asking',
    hint: 'remove',
    action: 'remove',
    group: 'Targets',
    mode: 'live',
  },
  {
    keys: ['b'],
    label: 'b',
    help: 'ring the bell when a light turns red, and stop',
    hint: 'bell',
    action: 'bell',
    group: 'Session',
    mode: 'live',
  },
  {
    keys: ['home'],
    label: 'Home',
    help: 'go to the beginning',
    hint: 'begin',
    action: 'begin',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['end'],
    label: 'End',
    help: 'go to the end',
    hint: 'end',
    action: 'end',
    group: 'Replay',
    mode: 'replay',
  },
  {
    keys: ['h'],
    label: 'h',
    help: 'histogram of round trips, and back',
    hint: 'histogram',
    action: 'histogram',
    group: 'Look',
  },
  { keys: ['r'], label: 'r', help: 'reset statistics', hint: 'reset', action: 'reset', group: 'Session' },
  {
    keys: ['t'],
    label: 't',
    help: 'theme: dark, light, high-contrast, color-blind',
    hint: 'theme',
    action: 'theme',
    group: 'Look',
  },
  {
    keys: ['u'],
    label: 'u',
    help: 'times in UTC, and back to local time',
    hint: 'UTC',
    action: 'zone',
    group: 'Look',
  },
  {
    keys: ['S-m'],
    label: 'M',
    help: 'mouse off, so that the terminal selects text; and on',
    hint: 'mouse',
    action: 'mouse',
    group: 'Look',
  },
  {
    keys: ['escape'],
    label: 'Esc',
    help: 'back to the usual picture',
    hint: 'back',
    action: 'back',
    group: 'Look',
  },
  {
    keys: ['C-l'],
    label: 'Ctrl-L',
    help: 'draw everything anew',
    hint: 'redraw',
    action: 'redraw',
    group: 'Look',
  },
  {
    keys: ['C-z'],
    label: 'Ctrl-Z',
    help: 'put aside; fg in the shell brings it back',
    hint: 'put aside',
    action: 'suspend',
    group: 'Session',
  },
  {
    keys: ['C-c'],
    label: 'Ctrl-C',
    help: 'quit, as SIGINT does',
    hint: 'quit',
    action: 'interrupt',
    group: 'Session',
  },
];

export function keysOf(mode: Mode): readonly Key[] {
  return KEYS.filter(key => (key.mode ?? mode) === mode);
}

export function actionOf(key: string, mode: Mode): Action | undefined {
  return keysOf(mode).find(({ keys }) => keys.includes(key))?.action;
}
