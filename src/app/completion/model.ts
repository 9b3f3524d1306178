import { detectors } from '../../../detectors/index.js';
import { backends, probes, witnesses } from '../../../probes/index.js';
import { SCENARIOS } from '../../lab/scenarios.js';
import { FAIL_WORDS } from '../../plan/fail-on.js';
import { COMMON_FLAGS, FLAGS, type Flag } from '../../plan/flags.js';
import { type Command, commands } from '../commands/index.js';
import { SHELLS } from './shells.js';

/** What may come next: words, and what only the shell or the catalogue knows. */
export interface Offer {
  words: readonly string[];
  /** Several, with commas between. */
  list?: true;
  also?: 'files' | 'folders' | 'recordings' | 'hosts';
}

const names = (plugins: readonly { name: string }[]) => plugins.map(({ name }) => name);
const NOTHING: Offer = { words: [] };

/** Flags whose words come from a registry that the table of flags does not know. */
const REGISTERED: Readonly<Record<string, Offer>> = {
  backend: { words: names(backends) },
  probe: { words: probes },
  witness: { words: [...names(witnesses), 'none'], list: true },
  detector: { words: names(detectors), also: 'files' },
  'fail-on': { words: FAIL_WORDS, list: true },
};

/** What each placeholder of a usage stands for. */
const PLACEHOLDERS: readonly [RegExp, Offer][] = [
  [/RECORDING|NAME/, { words: [], also: 'recordings' }],
  [/SCENARIO/, { words: Object.keys(SCENARIOS) }],
  [/FILE|LOG/, { words: [], also: 'files' }],
  [/FOLDER/, { words: [], also: 'folders' }],
  [/TARGET/, { words: [], also: 'hosts' }],
];

/** What follows a flag; undefined for a switch, and where the value is written after an equals sign. */
export function offerOfFlag(flag: Flag): Offer | undefined {
  if (!flag.value) return undefined;
  if (flag.values) return { words: flag.values };
  return REGISTERED[flag.name] ?? (/^(FILE|FOLDER)$/.test(flag.value) ? placeholder(flag.value) : NOTHING);
}

/** What follows a command, beside its flags. */
export function offerOfCommand({ name, usage }: Command): Offer {
  if (name === 'completion') return { words: SHELLS };
  const actions = /^\[?([a-z]+ .*\|.*)\]$/.exec(usage)?.[1]?.split(' | ');
  const words = actions?.map(action => action.split(' ')[0]!) ?? [];
  const { words: known, also } = placeholder(usage);
  return { words: [...words, ...known], ...(also && { also }) };
}

/** The flags that a command takes. */
export function flagsOf(command: Command): readonly Flag[] {
  return FLAGS.filter(({ name }) => command.flags.includes(name) || COMMON_FLAGS.includes(name));
}

/** As it is typed: those that are on, by what turns them off. */
export function typed({ name, value, default: usual }: Flag): string {
  return `--${!value && usual === 'on' ? 'no-' : ''}${name}`;
}

export { commands };

function placeholder(usage: string): Offer {
  return PLACEHOLDERS.find(([pattern]) => pattern.test(usage))?.[1] ?? NOTHING;
}
