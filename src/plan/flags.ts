import { unknownName } from '../core/format/nearest-name.js';
import { themeNames } from '../ui/style/themes.js';

/** The sections of the help, in its order. */
export const FLAG_GROUPS = [
  'Probing',
  'Judging',
  'Maintenance and alerts',
  'Session',
  'Screen',
  'Output',
  'General',
] as const;

/** One flag of the command line and of the configuration file; parsing, help and checks derive from it. */
export interface Flag {
  /** Long name, without dashes. */
  name: string;
  short?: string;
  /** What stands for the value in the help; absent for a switch. */
  value?: string;
  /** The value may be left out, and is then empty; where it is not, it follows an equals sign. */
  optional?: true;
  repeatable?: true;
  /** The section of the help it stands in. */
  group: (typeof FLAG_GROUPS)[number];
  /** What holds where it is not given, if that can be said in a word. */
  default?: string;
  /** The words it takes, where there are only these. */
  values?: readonly string[];
  help: string;
}

export const FLAGS = [
  {
    name: 'interval',
    group: 'Probing',
    short: 'i',
    value: 'TIME',
    default: '50ms',
    help: 'between probes of a target, from 2ms',
  },
  {
    name: 'timeout',
    group: 'Probing',
    value: 'TIME',
    default: '1s',
    help: 'after which a probe counts as lost',
  },
  { name: 'ipv4', group: 'Probing', short: '4', help: 'resolve names to IPv4 addresses only' },
  { name: 'ipv6', group: 'Probing', short: '6', help: 'resolve names to IPv6 addresses only' },
  {
    name: 'interface',
    group: 'Probing',
    short: 'I',
    value: 'IFACE|ADDR',
    help: 'send from this interface or address',
  },
  {
    name: 'file',
    group: 'Probing',
    short: 'f',
    value: 'FILE',
    repeatable: true,
    help: 'targets from FILE, one a line; SIGUSR1 rereads it; - is stdin',
  },
  {
    name: 'config',
    group: 'General',
    short: 'c',
    value: 'FILE',
    help: 'settings, a JSON object of long flag names and values',
  },
  { name: 'backend', group: 'Probing', value: 'NAME', help: 'how to probe, instead of the best permitted' },
  { name: 'probe', group: 'Probing', value: 'NAME[:k=v,…]', repeatable: true, help: 'options of a prober' },
  {
    name: 'witness',
    group: 'Probing',
    value: 'NAME,…',
    help: 'beside the echo: clock, announce, or none (default: all that are permitted)',
  },
  {
    name: 'stream',
    group: 'Probing',
    value: '[TARGET=]URL',
    repeatable: true,
    help: 'play URL as a viewer would, and say whether viewers noticed',
  },
  {
    name: 'detector',
    group: 'Judging',
    value: 'NAME[:k=v,…]|FILE',
    repeatable: true,
    help: 'detect with this, instead of the defaults',
  },
  { name: 'duration', group: 'Session', short: 'd', value: 'TIME', help: 'stop after this long' },
  {
    name: 'hold',
    group: 'Judging',
    value: 'TIME',
    default: '30s',
    help: 'how long the light stays after an event',
  },
  {
    name: 'record',
    group: 'Session',
    short: 'r',
    value: 'FILE',
    optional: true,
    help: 'record: -r under a name of its own, --record=FILE as you say',
  },
  {
    name: 'notes',
    group: 'Session',
    value: 'FILE',
    help: 'the lines of FILE or a pipe become notes, as they come; - is stdin',
  },
  {
    name: 'observer',
    group: 'Probing',
    value: 'NAME=COMMAND',
    repeatable: true,
    help: 'show what another migwatch sees: COMMAND runs it with --headless --samples',
  },
  {
    name: 'demo',
    group: 'Session',
    help: 'the whole demonstration: a viewer, two observers, and what they see',
  },
  { name: 'dir', group: 'Session', value: 'FOLDER', help: 'where recordings of their own name are kept' },
  { name: 'force', group: 'Output', help: 'replace a file that exists' },
  {
    name: 'speed',
    group: 'Session',
    value: 'FACTOR',
    help: 'replay, or simulate, so many times as fast: 0.1 to 1000, a replay max (default 1, without a screen max)',
  },
  { name: 'headless', group: 'Output', help: 'no screen: JSON lines on stdout' },
  { name: 'samples', group: 'Output', help: 'with --headless, a line for every sample too' },
  {
    name: 'output',
    group: 'Output',
    short: 'o',
    value: 'FILE',
    help: 'write to FILE; it is not replaced without --force',
  },
  {
    name: 'truth',
    group: 'Judging',
    value: 'FILE',
    repeatable: true,
    help: 'score against the labels of what really happened',
  },
  { name: 'json', group: 'Output', help: 'figures as one JSON document' },
  { name: 'csv', group: 'Output', help: 'samples as CSV instead of JSON' },
  { name: 'svg', group: 'Output', help: 'a picture alone instead of a page' },
  {
    name: 'expect',
    group: 'Maintenance and alerts',
    value: 'FILE',
    help: 'maintenance: targets that are going to move, one a line; - is stdin',
  },
  {
    name: 'budget',
    group: 'Maintenance and alerts',
    value: 'TIME',
    help: 'maintenance: the longest blackout that is all right',
  },
  {
    name: 'bell',
    group: 'Maintenance and alerts',
    help: 'ring the terminal when a light turns red, unless it was expected',
  },
  {
    name: 'on-event',
    group: 'Maintenance and alerts',
    value: 'COMMAND',
    help: 'run this when an event turns red and when one is over, its JSON on stdin',
  },
  {
    name: 'fail-on',
    group: 'Output',
    value: 'KIND,…',
    help: 'exit with 3 if such an event occurred; also unexpected, unmet, over-budget',
  },
  { name: 'color', group: 'Screen', default: 'on', help: 'colours; --no-color or NO_COLOR turns them off' },
  { name: 'slow', group: 'Screen', help: 'for slow links: draw every 2 s, and a key at once' },
  { name: 'ascii', group: 'Screen', help: 'draw with ASCII characters only' },
  {
    name: 'scale',
    group: 'Screen',
    value: 'SHAPE|LOW..HIGH',
    help: 'RTT axis: linear, log, 0..10ms for all targets, or log:100us..1s',
  },
  {
    name: 'theme',
    group: 'Screen',
    value: 'NAME',
    default: 'dark',
    values: themeNames,
    help: 'colours for the terminal’s background, or for the eyes',
  },
  {
    name: 'mouse',
    group: 'Screen',
    default: 'on',
    help: 'clicks and wheel; --no-mouse leaves them to the terminal',
  },
  { name: 'utc', group: 'Screen', help: 'times of day in UTC instead of local time' },
  { name: 'init', group: 'General', help: 'write a file of all settings; one that exists only with --force' },
  { name: 'path', group: 'General', help: 'print where the settings are' },
  { name: 'version', group: 'General', help: 'print the version' },
  { name: 'help', group: 'General', short: 'h', help: 'print this help' },
] as const satisfies readonly Flag[];

export type FlagName = (typeof FLAGS)[number]['name'];

/** Those that every command takes. */
export const COMMON_FLAGS: readonly FlagName[] = ['version', 'help'];

/** Values by flag name: text, texts of a repeatable flag, or a switch. Absent where not given. */
export type FlagValues = Partial<Record<FlagName, string | string[] | boolean>>;

export const flagNames: readonly string[] = FLAGS.map(flag => flag.name);

export function flagNamed(name: string): Flag | undefined {
  return FLAGS.find(flag => flag.name === name);
}

/** Throws a RangeError that names the nearest of the words that a flag takes, where it takes only some. */
export function checkWords({ name, values }: Flag, given: string): void {
  if (values && !values.includes(given)) throw unknownName(name, given, values);
}
