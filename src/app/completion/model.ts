import { detectors } from '../../../detectors/index.js';
import { backends, probes, witnesses } from '../../../probes/index.js';
import { SCENARIOS } from '../../lab/scenarios.js';
import type { CommandSpec } from '../../plan/command-spec.js';
import { FAIL_WORDS } from '../../plan/fail-on.js';
import { COMMON_FLAGS, FLAGS, type Flag } from '../../plan/flags.js';

/** What may come next: words, and things that the shell or the catalogue of recordings lists. */
export interface Offer {
  words: readonly string[];
  /** Several words may follow, separated by commas. */
  list?: true;
  also?: 'files' | 'folders' | 'recordings' | 'hosts';
}

const names = (plugins: readonly { name: string }[]) => plugins.map(({ name }) => name);
const NOTHING: Offer = { words: [] };

/** Flags whose words come from a registry outside the table of flags. */
const REGISTERED: Readonly<Record<string, Offer>> = {
  backend: { words: names(backends) },
  probe: { words: probes },
  witness: { words: [...names(witnesses), 'none'], list: true },
  detector: { words: names(detectors), also: 'files' },
  'fail-on': { words: FAIL_WORDS, list: true },
};

/** What completes each placeholder of a usage. */
const PLACEHOLDERS: readonly [RegExp, Offer][] = [
  [/RECORDING|NAME/, { words: [], also: 'recordings' }],
  [/SCENARIO/, { words: Object.keys(SCENARIOS) }],
  [/FILE|LOG/, { words: [], also: 'files' }],
  [/FOLDER/, { words: [], also: 'folders' }],
  [/TARGET/, { words: [], also: 'hosts' }],
];

/** What follows a flag; undefined for a switch. */
export function offerOfFlag(flag: Flag): Offer | undefined {
  if (!flag.value) return undefined;
  if (flag.values) return { words: flag.values };
  return REGISTERED[flag.name] ?? (/^(FILE|FOLDER)$/.test(flag.value) ? placeholder(flag.value) : NOTHING);
}

/** The words that follow a command: the alternatives of its usage, or what completes its placeholder. */
export function offerOfCommand({ usage }: CommandSpec): Offer {
  const actions = /^\[?([a-z]+ ?\|.*?)\]?$/.exec(usage)?.[1]?.split(/ ?\| ?/);
  const words = actions?.map(action => action.split(' ')[0]!) ?? [];
  const { words: known, also } = placeholder(usage);
  return { words: [...words, ...known], ...(also && { also }) };
}

/** The flags that a command takes. */
export function flagsOf(command: CommandSpec): readonly Flag[] {
  return FLAGS.filter(({ name }) => command.flags.includes(name) || COMMON_FLAGS.includes(name));
}

/** The flag as the user types it: a switch that is on by default is typed to turn it off. */
export function typed({ name, value, default: usual }: Flag): string {
  return `--${!value && usual === 'on' ? 'no-' : ''}${name}`;
}

function placeholder(usage: string): Offer {
  return PLACEHOLDERS.find(([pattern]) => pattern.test(usage))?.[1] ?? NOTHING;
}
