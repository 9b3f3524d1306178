import { parseDuration } from '../../core/format/duration.js';
import type { Millis } from '../../core/sample.js';
import type { Announcer, Move, Takeover } from '../actions.js';
import type { LabOptions } from '../lab.js';
import type { LinkSettings } from '../link-settings.js';
import type { Claim } from '../narrator.js';

/** One action on the lab. */
export type Step =
  | { do: 'wait' | 'pause' | 'save' | 'contend' | 'ghost' | 'date' | 'steal'; ms: Millis }
  | ({ do: 'migrate' } & Move)
  | { do: 'reboot' | 'away' | 'back' }
  | { do: 'cut'; what: 'target' | 'shared'; ms: Millis; announcer?: Announcer }
  | ({ do: 'takeover' } & Takeover)
  | { do: 'link'; settings: Partial<LinkSettings> }
  | { do: 'reroute'; what: 'target' | 'shared'; delayMs: Millis }
  | { do: 'police'; perSecond: number; ms: Millis }
  | { do: 'say'; text: string }
  | ({ do: 'expect' } & Claim);

/** A scenario while it is read. */
export interface Draft {
  lab: LabOptions;
  /** The open blocks of steps; the innermost `repeat` is last. */
  blocks: { times: number; steps: Step[]; line: number }[];
}

/** A word that a line may start with. */
export interface Word {
  usage: string;
  summary: string;
  /** Reads the words after it. Throws a RangeError that says what was expected. */
  read(words: readonly string[], draft: Draft, line: number): void;
}

export type Words = Readonly<Record<string, Word>>;

/** A word with a duration and nothing else. */
export function timed(name: Extract<Step, { ms: Millis }>['do'] & SimpleStep, summary: string): Word {
  return {
    usage: `${name} TIME`,
    summary,
    read: (words, draft) => add(draft, { do: name, ms: readTime(words) }),
  };
}
type SimpleStep = 'wait' | 'pause' | 'save' | 'contend' | 'ghost' | 'steal';

/** A word that stands alone. */
export function bare(name: 'reboot' | 'away' | 'back', summary: string): Word {
  return {
    usage: name,
    summary,
    read: (words, draft) => {
      if (words.length > 0) throw new RangeError(`nothing after it, not "${words[0]}"`);
      add(draft, { do: name });
    },
  };
}

export function add(draft: Draft, step: Step): void {
  draft.blocks.at(-1)!.steps.push(step);
}

/** How the value of each `key=value` is read. */
export type Readers<Result> = Readonly<Record<string, (text: string) => Partial<Result>>>;

export function readPairs<Result>(words: readonly string[], readers: Readers<Result>): Partial<Result> {
  const known = Object.keys(readers);
  if (known.length === 0 && words.length > 0)
    throw new RangeError(`nothing after it, not "${words.join(' ')}"`);
  const parts = words.map(word => {
    const [key = '', value, extra] = word.split('=');
    if (!value || extra !== undefined || !Object.hasOwn(readers, key))
      throw new RangeError(`${known.map(name => `${name}=…`).join(' or ')}, not "${word}"`);
    return readers[key]!(value);
  });
  return Object.assign({}, ...parts);
}

export function readTime(words: readonly string[]): Millis {
  if (words.length !== 1) throw new RangeError(`one duration such as 400ms, not "${words.join(' ')}"`);
  return parseDuration(words[0]!);
}

export function readPercent(text: string): number {
  const percent = Number(text.match(/^([\d.]+)%$/)?.[1]);
  if (percent >= 0 && percent <= 100) return percent;
  throw new RangeError(`a percentage such as 0.3%, not "${text}"`);
}

/** One of a few names. */
export function readChoice<const Name extends string>(
  text: string | undefined,
  names: readonly Name[],
): Name {
  if (names.includes(text as Name)) return text as Name;
  throw new RangeError(`${names.join(' or ')}, not "${text ?? ''}"`);
}

export function readWhole(text: string | undefined, least: number, most: number, unit = ''): number {
  const value = Number(text);
  if (/^\d+$/.test(text ?? '') && value >= least && value <= most) return value;
  throw new RangeError(`a whole number${unit} from ${least} to ${most}, not "${text ?? ''}"`);
}
