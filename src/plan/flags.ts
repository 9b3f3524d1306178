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
  /** The placeholder of the value in the help; absent for a switch. */
  value?: string;
  /** The value may be left out and is then empty. If it is given, it follows an equals sign. */
  optional?: true;
  repeatable?: true;
  /** The section of the help that lists it. */
  group: (typeof FLAG_GROUPS)[number];
  /** The default, if one word can name it. */
  default?: string;
  /** It is for one run: a flag of the command line that is not a setting. */
  once?: true;
  /** The only words it takes, if there is such a list. */
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
    help: 'time between probes of a target, 2ms or more',
  },
  {
    name: 'timeout',
    group: 'Probing',
    value: 'TIME',
    default: '1s',
    help: 'time until a probe counts as lost',
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
    help: 'read targets from FILE, one a line; SIGUSR1 rereads it; - is stdin',
  },
  {
    name: 'config',
    group: 'General',
    once: true,
    short: 'c',
    value: 'FILE',
    help: 'settings file: a JSON object of long flag names and values',
  },
  {
    name: 'backend',
    group: 'Probing',
    value: 'NAME',
    help: 'probe with this backend instead of the best permitted one',
  },
  {
    name: 'probe',
    group: 'Probing',
    value: 'NAME[:k=v,…]',
    repeatable: true,
    help: 'set options of a prober',
  },
  {
    name: 'witness',
    group: 'Probing',
    value: 'NAME,…',
    help: 'signals besides the echo: clock, announce or none (default: all that are permitted)',
  },
  {
    name: 'stream',
    group: 'Probing',
    value: '[TARGET=]URL',
    repeatable: true,
    help: 'play URL as a viewer would, and report whether viewers noticed',
  },
  {
    name: 'detector',
    group: 'Judging',
    value: 'NAME[:k=v,…]|FILE',
    repeatable: true,
    help: 'detect with this instead of the defaults',
  },
  {
    name: 'as-recorded',
    group: 'Judging',
    once: true,
    help: 'judge with the detectors of the recording instead of the defaults of today',
  },
  { name: 'duration', group: 'Session', short: 'd', value: 'TIME', help: 'stop after this time' },
  {
    name: 'hold',
    group: 'Judging',
    value: 'TIME',
    default: '30s',
    help: 'how long the light keeps its colour after an event',
  },
  {
    name: 'record',
    group: 'Session',
    once: true,
    short: 'r',
    value: 'FILE',
    optional: true,
    help: 'record; -r names the file automatically',
  },
  {
    name: 'record-red',
    group: 'Session',
    help: 'record while a light is red and for a minute after it, with the last minutes before',
  },
  {
    name: 'lookback',
    group: 'Session',
    value: 'TIME',
    default: '10m',
    help: 'keep this much in memory, so that a recording begins with what already happened; 0 keeps nothing',
  },
  {
    name: 'notes',
    group: 'Session',
    once: true,
    value: 'FILE',
    help: 'turn each line of FILE or a pipe into a note; - is stdin. For a recording, FILE is a log with times',
  },
  {
    name: 'time-offset',
    group: 'Session',
    once: true,
    value: 'TIME',
    help: 'add this to the times of --notes, such as 1h or -2.5s; import without --notes: to those of the logs',
  },
  {
    name: 'observer',
    group: 'Probing',
    value: 'NAME=COMMAND',
    repeatable: true,
    help: 'show the samples of another migwatch: COMMAND runs it with --headless --samples',
  },
  {
    name: 'hypervisor',
    group: 'Probing',
    value: 'qmp:PATH=TARGET|libvirt:URI',
    repeatable: true,
    help: 'show what this hypervisor reports about migrations, read-only',
  },
  {
    name: 'wire',
    group: 'Probing',
    value: 'IFACE[:HOST,…]',
    repeatable: true,
    help: 'also watch for migration streams on this interface, and how they travel; hosts are hypervisors',
  },
  {
    name: 'between',
    group: 'Probing',
    once: true,
    value: 'HOST,…',
    help: 'wire: addresses of hypervisors; protected bulk data between two of them is likely a migration',
  },
  {
    name: 'canary',
    group: 'Probing',
    value: 'TEXT',
    help: 'search streams for a text that the VM holds, and report how often and where it is readable',
  },
  {
    name: 'reveal',
    group: 'Probing',
    once: true,
    help: 'wire: show up to 64 bytes that were read in a stream',
  },
  {
    name: 'source',
    group: 'Probing',
    once: true,
    value: 'NAME[=WHERE]',
    repeatable: true,
    help: 'guest: ask this source as well; gcp, azure, ec2 and openstack are asked only if named; WHERE is a file or URL',
  },
  {
    name: 'demo',
    group: 'Session',
    once: true,
    help: 'run the whole demonstration: a VM, a viewer and two observers',
  },
  {
    name: 'dir',
    group: 'Session',
    value: 'FOLDER',
    help: 'folder for recordings that are named automatically',
  },
  { name: 'force', group: 'Output', once: true, help: 'replace existing files' },
  {
    name: 'speed',
    group: 'Session',
    value: 'FACTOR',
    help: 'playback or simulation speed: 0.1 to 1000, or max in a replay (default 1; max in a headless replay)',
  },
  { name: 'headless', group: 'Output', help: 'no screen; write JSON lines to stdout' },
  { name: 'samples', group: 'Output', help: 'with --headless: also a line for each sample' },
  {
    name: 'output',
    group: 'Output',
    once: true,
    short: 'o',
    value: 'FILE',
    help: 'write to FILE; an existing file is replaced only with --force',
  },
  {
    name: 'truth',
    group: 'Judging',
    once: true,
    value: 'FILE',
    repeatable: true,
    help: 'labels of what really happened: analyze scores against FILE, report and share show STOP and RESUME',
  },
  {
    name: 'from',
    group: 'Output',
    once: true,
    value: 'TIME',
    help: 'show and count only what is at this time or later: 02:10, a date with a time, or Unix seconds; UTC',
  },
  {
    name: 'to',
    group: 'Output',
    once: true,
    value: 'TIME',
    help: 'show and count only what is at this time or earlier',
  },
  {
    name: 'target',
    group: 'Output',
    once: true,
    value: 'NAME',
    repeatable: true,
    help: 'show and count only this target of the recording',
  },
  {
    name: 'start',
    group: 'Session',
    once: true,
    value: 'TIME',
    help: 'import: time of the first probe, in UTC, for a ping log without time stamps; needs --interval',
  },
  {
    name: 'only',
    group: 'Session',
    once: true,
    value: 'ping|clock|announce|hypervisor',
    repeatable: true,
    help: 'import: read the logs of these witnesses only; without it, logs beside a NAME.ping.log are read too',
  },
  {
    name: 'columns',
    group: 'Session',
    once: true,
    value: 'TIME,RTT',
    help: 'import: the names or numbers of these columns of a CSV file',
  },
  {
    name: 'changes',
    group: 'Judging',
    once: true,
    help: 'analyze: list the moments at which the level of the round trips moved',
  },
  {
    name: 'event',
    group: 'Output',
    once: true,
    value: 'NUMBER',
    help: 'analyze, report: only the page of this event, by its number in the table: what was seen, and why it is judged so; export: only the samples around it',
  },
  {
    name: 'sign',
    group: 'Output',
    once: true,
    value: 'KEYFILE',
    help: 'share: sign the page with this Ed25519 key; migwatch verify checks it',
  },
  {
    name: 'keygen',
    group: 'Output',
    once: true,
    value: 'KEYFILE',
    help: 'share: make a key for --sign, and KEYFILE.pub for those who verify',
  },
  {
    name: 'key',
    group: 'Output',
    once: true,
    value: 'PUBKEY',
    help: 'verify: the expected signer, as a file or as a fingerprint SHA256:…',
  },
  {
    name: 'figure',
    group: 'Output',
    once: true,
    value: 'NUMBER',
    help: 'report: with --svg, draw only this event, for a column of a paper',
  },
  {
    name: 'at',
    group: 'Session',
    once: true,
    value: 'TIME|EVENT',
    help: 'replay: open paused at this time, or with this event shown: 02:10:30.5 or e3; UTC',
  },
  {
    name: 'by',
    group: 'Judging',
    once: true,
    value: 'GROUP',
    values: ['transport', 'recording', 'target'],
    help: 'analyze: compare groups of migrations',
  },
  {
    name: 'fail-if',
    group: 'Output',
    once: true,
    value: 'LIMIT',
    repeatable: true,
    help: "analyze: exit with code 3 if migrations exceed it, such as 'unreachable p95 > 300ms'",
  },
  {
    name: 'junit',
    group: 'Output',
    once: true,
    value: 'FILE',
    help: 'analyze: write the results of --fail-if to FILE as JUnit XML',
  },
  { name: 'json', group: 'Output', once: true, help: 'write figures as one JSON document' },
  { name: 'csv', group: 'Output', once: true, help: 'write samples as CSV instead of JSON' },
  { name: 'events', group: 'Output', once: true, help: 'export: one row an event, as CSV' },
  {
    name: 'probes',
    group: 'Output',
    once: true,
    help: 'export: one row a probe with its final outcome, as CSV',
  },
  { name: 'parquet', group: 'Output', once: true, help: 'export: the probes as Parquet, with typed columns' },
  { name: 'md', group: 'Output', once: true, help: 'export: the events as a table in Markdown' },
  { name: 'svg', group: 'Output', once: true, help: 'write only the picture, without the page' },
  {
    name: 'expect',
    group: 'Maintenance and alerts',
    once: true,
    value: 'FILE',
    help: 'maintenance: the targets that will move, one a line; - is stdin',
  },
  {
    name: 'budget',
    group: 'Maintenance and alerts',
    value: 'TIME',
    help: 'maintenance: longest acceptable blackout',
  },
  {
    name: 'bell',
    group: 'Maintenance and alerts',
    help: 'ring the terminal bell when a light turns red unexpectedly',
  },
  {
    name: 'on-event',
    group: 'Maintenance and alerts',
    value: 'COMMAND',
    help: 'run COMMAND when an event turns red and when an event ends, with its JSON on stdin',
  },
  {
    name: 'fail-on',
    group: 'Output',
    value: 'KIND,…',
    help: 'exit with code 3 if such an event occurred; also unexpected, unmet, over-budget, unreported, in-clear',
  },
  { name: 'color', group: 'Screen', default: 'on', help: 'colours; --no-color or NO_COLOR turns them off' },
  {
    name: 'line',
    group: 'Screen',
    once: true,
    help: "pane: write one line whenever it changes, for tmux's status bar: #(migwatch pane --line TARGET…)",
  },
  { name: 'slow', group: 'Screen', help: 'for slow links: redraw every 2 s, and at once after a key' },
  { name: 'ascii', group: 'Screen', help: 'draw with ASCII characters only' },
  {
    name: 'scale',
    group: 'Screen',
    value: 'SHAPE|LOW..HIGH',
    help: 'RTT axis: linear, log, or a fixed range such as 0..10ms or log:100us..1s',
  },
  {
    name: 'theme',
    group: 'Screen',
    value: 'NAME',
    default: 'dark',
    values: themeNames,
    help: 'colour theme',
  },
  {
    name: 'mouse',
    group: 'Screen',
    default: 'on',
    help: 'clicks and wheel; --no-mouse leaves the mouse to the terminal',
  },
  { name: 'utc', group: 'Screen', help: 'show times in UTC instead of local time' },
  {
    name: 'init',
    group: 'General',
    once: true,
    help: 'write a settings file with all options; an existing one is replaced only with --force',
  },
  { name: 'path', group: 'General', once: true, help: 'print the path of the settings file' },
  { name: 'version', group: 'General', once: true, help: 'print the version' },
  { name: 'help', group: 'General', once: true, short: 'h', help: 'print this help' },
] as const satisfies readonly Flag[];

export type FlagName = (typeof FLAGS)[number]['name'];

/** The flags that every command takes. */
export const COMMON_FLAGS: readonly FlagName[] = ['version', 'help'];

/** Values by flag name: a text, the texts of a repeatable flag, or a switch. A flag that was not given is absent. */
export type FlagValues = Partial<Record<FlagName, string | string[] | boolean>>;

export const flagNames: readonly string[] = FLAGS.map(flag => flag.name);

export function flagNamed(name: string): Flag | undefined {
  return FLAGS.find(flag => flag.name === name);
}

/** Throws a RangeError that names the nearest word if the flag takes only a list of words and this is not one of them. */
export function checkWords({ name, values }: Flag, given: string): void {
  if (values && !values.includes(given)) throw unknownName(`value of --${name}`, given, values);
}
