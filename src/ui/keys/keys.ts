export type Mode = 'live' | 'replay';

/** A line of the table. */
interface Binding {
  /** The names that the terminal library uses. */
  keys: readonly string[];
  /** The name on screen; the keys themselves where absent. */
  label?: string;
  action: string;
  /** One word, for the status line and small screens. */
  hint: string;
  help: string;
  /** The mode in which the key is bound; both where absent. */
  mode?: Mode;
}

/** Every key, by section of the help and in its order: bindings, hints, help and the manual page derive from it. */
const TABLE = {
  Look: [
    { keys: ['?'], action: 'help', hint: 'help', help: 'toggle help' },
    {
      keys: ['space'],
      action: 'freeze',
      hint: 'freeze',
      help: 'freeze screen, keep probing',
      mode: 'live',
    },
    {
      keys: ['enter'],
      label: 'Enter',
      action: 'open',
      hint: 'open',
      help: 'open event page, or full-screen graph',
    },
    { keys: ['f'], action: 'full', hint: 'full', help: 'toggle full-screen graph' },
    { keys: ['w'], action: 'statistic', hint: 'why', help: "switch detector's statistic" },
    { keys: ['S-w'], label: 'W', action: 'wall', hint: 'wall', help: 'toggle the wall of all targets' },
    { keys: ['p'], action: 'figures', hint: 'percentiles', help: 'toggle percentiles and jitter' },
    { keys: ['e'], action: 'event', hint: 'event', help: 'jump to the previous event', mode: 'live' },
    { keys: ['o'], action: 'write', hint: 'write', help: 'write event page to a file' },
    {
      keys: ['S-a'],
      label: 'A',
      action: 'acknowledge',
      hint: 'seen',
      help: 'mark all events as seen',
      mode: 'live',
    },
    { keys: ['m'], action: 'checklist', hint: 'maintenance', help: 'toggle maintenance checklist' },
    { keys: ['h'], action: 'histogram', hint: 'histogram', help: 'toggle RTT histogram' },
    { keys: ['t'], action: 'theme', hint: 'theme', help: 'switch colour theme' },
    { keys: ['u'], action: 'zone', hint: 'UTC', help: 'toggle UTC and local time' },
    { keys: ['S-m'], label: 'M', action: 'mouse', hint: 'mouse', help: 'toggle mouse; off selects text' },
    { keys: ['!'], action: 'dismiss', hint: 'dismiss', help: 'dismiss the notices' },
    { keys: ['escape'], label: 'Esc', action: 'back', hint: 'back', help: 'return to the normal view' },
    { keys: ['C-l'], label: 'Ctrl-L', action: 'redraw', hint: 'redraw', help: 'redraw the screen' },
  ],
  Targets: [
    { keys: ['up', 'k'], action: 'up', hint: 'above', help: 'select previous target' },
    { keys: ['down', 'j'], action: 'down', hint: 'below', help: 'select next target' },
    { keys: ['/'], action: 'filter', hint: 'filter', help: 'filter targets: web red 10.0.*' },
    { keys: ['s'], action: 'sort', hint: 'sort', help: 'switch sort order' },
    { keys: ['S-s'], label: 'S', action: 'reverse', hint: 'reverse', help: 'reverse the order' },
    {
      keys: ['S-g'],
      label: 'G',
      action: 'group',
      hint: 'group',
      help: 'toggle groups (wall: by host)',
    },
    { keys: ['z'], action: 'fold', hint: 'fold', help: 'fold or unfold the group' },
    { keys: ['S-z'], label: 'Z', action: 'foldAll', hint: 'fold all', help: 'fold or unfold all groups' },
    {
      keys: ['pageup'],
      label: 'PgUp',
      action: 'pageUp',
      hint: 'page up',
      help: 'go to previous page of targets',
    },
    {
      keys: ['pagedown'],
      label: 'PgDn',
      action: 'pageDown',
      hint: 'page down',
      help: 'go to next page of targets',
    },
    {
      keys: ['home'],
      label: 'Home',
      action: 'top',
      hint: 'first',
      help: 'select first target',
      mode: 'live',
    },
    { keys: ['end'], label: 'End', action: 'bottom', hint: 'last', help: 'select last target', mode: 'live' },
    { keys: ['x'], action: 'expect', hint: 'expect', help: 'toggle expected move of target' },
    {
      keys: ['a'],
      action: 'add',
      hint: 'add',
      help: 'add a target: host, label=host, tcp://host:port',
      mode: 'live',
    },
    { keys: ['d'], action: 'remove', hint: 'remove', help: 'remove the target; asks first', mode: 'live' },
  ],
  Graph: [
    { keys: ['+', '='], label: '+', action: 'zoomIn', hint: 'zoom in', help: 'zoom in, to half a second' },
    { keys: ['-', '_'], label: '-', action: 'zoomOut', hint: 'zoom out', help: 'zoom out, to a day' },
    { keys: ['left'], action: 'left', hint: 'earlier', help: 'move to earlier times', mode: 'live' },
    { keys: ['right'], action: 'right', hint: 'later', help: 'move to later times', mode: 'live' },
    {
      keys: ['left'],
      action: 'left',
      hint: 'earlier',
      help: 'move graph to earlier times; paused, the play position',
      mode: 'replay',
    },
    {
      keys: ['right'],
      action: 'right',
      hint: 'later',
      help: 'move graph to later times; paused, the play position',
      mode: 'replay',
    },
    { keys: ['0'], action: 'now', hint: 'now', help: 'return to now' },
    { keys: ['v'], action: 'cursor', hint: 'cursor', help: 'toggle cursor' },
    { keys: ['l'], action: 'shape', hint: 'scale', help: 'switch scale: automatic, linear, logarithmic' },
    { keys: ['y'], action: 'fixed', hint: 'one scale', help: 'toggle one scale for all targets' },
  ],
  Session: [
    { keys: ['q'], action: 'quit', hint: 'quit', help: 'quit' },
    {
      keys: ['S-r'],
      label: 'R',
      action: 'record',
      hint: 'record',
      help: 'start or stop recording',
      mode: 'live',
    },
    { keys: ['n'], action: 'note', hint: 'note', help: 'add a note; kept with the session' },
    { keys: ['b'], action: 'bell', hint: 'bell', help: 'toggle bell on red lights', mode: 'live' },
    { keys: ['r'], action: 'reset', hint: 'reset', help: 'reset statistics' },
    { keys: ['C-z'], label: 'Ctrl-Z', action: 'suspend', hint: 'suspend', help: 'suspend (fg resumes)' },
    {
      keys: ['C-c'],
      label: 'Ctrl-C',
      action: 'interrupt',
      hint: 'quit',
      help: 'quit as on SIGINT',
    },
  ],
  Replay: [
    { keys: ['space'], action: 'pause', hint: 'pause', help: 'pause or resume', mode: 'replay' },
    { keys: [']', 'e'], action: 'nextEvent', hint: 'next', help: 'go to the next event', mode: 'replay' },
    {
      keys: ['['],
      action: 'previousEvent',
      hint: 'before',
      help: 'go to the previous event',
      mode: 'replay',
    },
    { keys: ['>'], action: 'faster', hint: 'faster', help: 'play faster', mode: 'replay' },
    { keys: ['<'], action: 'slower', hint: 'slower', help: 'play slower', mode: 'replay' },
    { keys: ['g'], action: 'goto', hint: 'go to', help: 'go to HH:MM:SS.mmm', mode: 'replay' },
    { keys: ['.'], action: 'step', hint: 'step', help: 'pause and step one sample', mode: 'replay' },
    {
      keys: [','],
      action: 'stepBack',
      hint: 'step back',
      help: 'pause and step one sample back',
      mode: 'replay',
    },
    { keys: ['b'], action: 'bookmark', hint: 'bookmark', help: 'set a bookmark; kept', mode: 'replay' },
    {
      keys: ['S-b'],
      label: 'B',
      action: 'bookmarks',
      hint: 'bookmarks',
      help: 'list bookmarks, go to one',
      mode: 'replay',
    },
    {
      keys: ['c'],
      action: 'compare',
      hint: 'compare',
      help: 'toggle recorded and current verdicts',
      mode: 'replay',
    },
    {
      keys: ['home'],
      label: 'Home',
      action: 'begin',
      hint: 'begin',
      help: 'go to the beginning',
      mode: 'replay',
    },
    { keys: ['end'], label: 'End', action: 'end', hint: 'end', help: 'go to the end', mode: 'replay' },
  ],
} as const satisfies Record<string, readonly Binding[]>;

export type KeyGroup = keyof typeof TABLE;

/** The actions of the table. */
export type Action = (typeof TABLE)[KeyGroup][number]['action'];

export interface Key extends Binding {
  label: string;
  action: Action;
  /** The section of the help. */
  group: KeyGroup;
}

/** The sections of the help, in its order. */
export const KEY_GROUPS = Object.keys(TABLE) as readonly KeyGroup[];

export const KEYS: readonly Key[] = KEY_GROUPS.flatMap(group =>
  (TABLE[group] as readonly (Binding & { action: Action })[]).map(key => ({
    label: key.keys.join(' '),
    ...key,
    group,
  })),
);

/** The status line shows as many hints as fit: the most useful actions come first, then the order of the table. */
const FIRST_HINTS: readonly Action[] = [
  ...(['quit', 'help', 'freeze', 'pause', 'nextEvent', 'previousEvent', 'faster', 'slower'] as const),
  ...([
    'goto',
    'step',
    'stepBack',
    'compare',
    'record',
    'up',
    'down',
    'filter',
    'sort',
    'reverse',
    'group',
  ] as const),
];

export function keysOf(mode: Mode): readonly Key[] {
  return KEYS.filter(key => (key.mode ?? mode) === mode);
}

/** The keys of a mode, the most useful first. */
export function hintsOf(mode: Mode): readonly Key[] {
  const keys = keysOf(mode);
  const first = FIRST_HINTS.flatMap(action => keys.filter(key => key.action === action));
  return [...first, ...keys.filter(key => !first.includes(key))];
}

export function actionOf(key: string, mode: Mode): Action | undefined {
  return keysOf(mode).find(({ keys }) => keys.includes(key))?.action;
}

/** The name of an action's first key, as the screen shows it. */
export function labelOf(action: Action): string {
  return KEYS.find(key => key.action === action)!.label;
}

/** The handler of an action in a table that handles some actions. */
export function handlerOf<Handler>(
  handlers: Partial<Record<Action, Handler>>,
  action: Action,
): Handler | undefined {
  return handlers[action];
}
