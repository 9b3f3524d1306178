import { commandWords } from '../alerts/words.js';
import type { MaintenancePlan } from '../core/checklist.js';
import type { DetectorChoice } from '../core/detector.js';
import { formatDuration, parseDuration } from '../core/duration.js';
import { unknownName } from '../core/names.js';
import type { Millis, TargetId } from '../core/sample.js';
import { FASTEST, SLOWEST } from '../core/virtual-clock.js';
import { AUTOMATIC, parseScaling, type Scaling } from '../ui/graph/scaling.js';
import { DEFAULT_THEME, type ThemeName } from '../ui/themes.js';
import type { Zone } from '../ui/words/wall.js';
import { type FailWord, failWords, isOfMaintenance } from './fail-on.js';
import { type FlagName, type FlagValues, flagNamed } from './flags.js';
import type { ObserverSpec } from './observers.js';
import type { TargetSpec } from './targets.js';

export type ScreenName = 'dashboard' | 'pane';

/** How a session is shown, live or replayed. */
export interface FacePlan {
  /** Lines, and no screen. */
  headless: boolean;
  /** The screen, where there is one. */
  screen: ScreenName;
  /** Over a slow link: fewer frames. */
  slow: boolean;
  samples: boolean;
  failOn: readonly FailWord[];
  color: boolean;
  ascii: boolean;
  theme: ThemeName;
  mouse: boolean;
  /** How RTTs are scaled on screen. */
  scaling: Scaling;
  zone: Zone;
  /** Ring when a light turns red. */
  bell: boolean;
  /** The program to run on events, and its arguments. */
  onEvent?: readonly string[];
}

/** What `watch` is to do, checked and complete. */
export interface WatchPlan extends FacePlan {
  targets: readonly TargetSpec[];
  /** The files of `-f`, and whom they named at the start; absent where there are none. */
  lists?: TargetLists;
  /** Nobody asked for this rate: it is kept below what is polite. */
  polite: boolean;
  intervalMs: Millis;
  timeoutMs: Millis;
  /** Of host names; both where absent. */
  family?: 4 | 6;
  interface?: string;
  /** The one backend to use for hosts. */
  backend?: string;
  /** Options by prober name, where the user gave some. */
  probes: ReadonlyMap<string, Record<string, number>>;
  /** Beside the echo, by prober name; all that are permitted where absent. */
  witnesses?: readonly string[];
  detectors: readonly DetectorChoice[];
  durationMs?: Millis;
  holdMs: Millis;
  record: RecordChoice;
  /** Where notes come from, beside the user's keys; `-` for standard input. */
  notes?: string;
  /** Others whose samples are shown beside ours. */
  observers: readonly ObserverSpec[];
  /** Who is going to move; absent outside of maintenance. */
  maintenance?: MaintenancePlan;
}

export interface TargetLists {
  files: readonly string[];
  targets: readonly TargetId[];
}

/** Whether to record from the start, and where. */
export interface RecordChoice {
  atOnce: boolean;
  /** A file of the user's choice, in place of one of its own name. */
  file?: string;
  /** For files of their own name, in place of the usual one. */
  folder?: string;
  force: boolean;
}

/** What `replay` is to do. */
export interface ReplayPlan extends FacePlan {
  path: string;
  /** Judge with these and this, in place of what the recording was judged with. */
  detectors?: readonly DetectorChoice[];
  holdMs?: Millis;
  /** Infinity for as fast as possible; absent for what suits the face. */
  speed?: number;
}

/** What the edges have looked up for the plan. */
export interface PlanInputs {
  targets: readonly TargetSpec[];
  lists?: TargetLists | undefined;
  observers?: readonly ObserverSpec[];
  detectors: readonly DetectorChoice[];
  probes: readonly { probe: string; options: Record<string, number> }[];
  /** Who is going to move, where that was told. */
  expected?: readonly TargetId[] | undefined;
}

const SHORTEST_INTERVAL: Millis = 2;
const LONGEST: Millis = 86_400_000;
/** Each takes some hundred kilobytes to judge, and a recording holds no more. */
const MOST_TARGETS = 10_000;
/** Politeness: more than this needs the user's own word. */
const PACKETS_PER_SECOND = 2000;

/** Throws a RangeError that says what was expected, what came and what to do. */
export function makePlan(flags: FlagValues, inputs: PlanInputs): WatchPlan {
  const intervalMs = duration(flags, 'interval', SHORTEST_INTERVAL);
  if (inputs.targets.length > MOST_TARGETS)
    throw new RangeError(
      `${inputs.targets.length} targets are more than one migwatch watches: name at most ${MOST_TARGETS}, or run several`,
    );
  const polite = flags.interval === undefined;
  if (polite) checkPolite(inputs.targets.length, intervalMs);
  if (flags.ipv4 && flags.ipv6)
    throw new RangeError('-4 and -6 exclude each other: leave both out to use either');
  const durationMs = flags.duration === undefined ? undefined : duration(flags, 'duration', 1);
  return {
    targets: inputs.targets,
    ...(inputs.lists && { lists: inputs.lists }),
    polite,
    intervalMs,
    timeoutMs: duration(flags, 'timeout', 1),
    ...(flags.ipv4 ? { family: 4 as const } : flags.ipv6 ? { family: 6 as const } : {}),
    ...optional('interface', flags.interface),
    ...optional('backend', flags.backend),
    probes: new Map(inputs.probes.map(({ probe, options }) => [probe, options])),
    ...witnesses(flags.witness),
    detectors: inputs.detectors,
    ...(durationMs !== undefined && { durationMs }),
    holdMs: duration(flags, 'hold', 0),
    record: {
      atOnce: flags.record !== undefined,
      ...optional('file', flags.record || undefined),
      ...optional('folder', flags.dir),
      force: flags.force === true,
    },
    ...optional('notes', flags.notes),
    observers: inputs.observers ?? [],
    ...maintenance(flags, inputs.expected),
    ...facePlan(flags),
  };
}

/** `--fail-on` may name only what can come to pass. */
function maintenance(
  flags: FlagValues,
  expected: readonly TargetId[] | undefined,
): { maintenance?: MaintenancePlan } {
  const given = { unexpected: expected, unmet: expected, 'over-budget': flags.budget };
  for (const word of failOn(flags).filter(isOfMaintenance))
    if (given[word] === undefined)
      throw new RangeError(
        `--fail-on ${word} needs ${word === 'over-budget' ? '--budget TIME' : '--expect FILE'}`,
      );
  if (expected === undefined && flags.budget === undefined) return {};
  const budgetMs = flags.budget === undefined ? undefined : duration(flags, 'budget', 1);
  return { maintenance: { targets: expected ?? [], ...(budgetMs !== undefined && { budgetMs }) } };
}

/** Throws a RangeError as `makePlan` does. */
export function makeReplayPlan(
  flags: FlagValues,
  { path, detectors }: { path: string; detectors: readonly DetectorChoice[] | undefined },
): ReplayPlan {
  return {
    path,
    ...(detectors && { detectors }),
    ...(flags.hold !== undefined && { holdMs: duration(flags, 'hold', 0) }),
    ...(flags.speed !== undefined && { speed: speed(flags.speed as string) }),
    ...facePlan(flags),
  };
}

function facePlan(flags: FlagValues): FacePlan {
  return {
    headless: flags.headless === true,
    screen: 'dashboard',
    slow: flags.slow === true,
    samples: flags.samples === true,
    failOn: failOn(flags),
    color: flags.color !== false,
    ascii: flags.ascii === true,
    theme: (flags.theme ?? DEFAULT_THEME) as ThemeName,
    mouse: flags.mouse !== false,
    scaling: typeof flags.scale === 'string' ? parseScaling(flags.scale) : AUTOMATIC,
    zone: flags.utc === true ? 'utc' : 'local',
    bell: flags.bell === true,
    ...onEvent(flags['on-event']),
  };
}

function speed(text: string): number {
  if (text === 'max') return Infinity;
  const factor = /^\d*\.?\d+[x×]?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (factor >= SLOWEST && factor <= FASTEST) return factor;
  throw new RangeError(`--speed must be between ${SLOWEST} and ${FASTEST}, or max, not "${text}"`);
}

function duration(flags: FlagValues, name: FlagName, least: Millis): Millis {
  const text = (flags[name] ?? flagNamed(name)?.default) as string;
  let value: Millis;
  try {
    value = parseDuration(text);
  } catch (cause) {
    throw new RangeError(`--${name}: ${(cause as Error).message}`, { cause });
  }
  if (value >= least && value <= LONGEST) return value;
  throw new RangeError(
    `--${name} must be between ${formatDuration(least)} and ${formatDuration(LONGEST)}, not "${text}"`,
  );
}

/** Throws a RangeError for more packets a second than anybody gets without asking. */
export function checkPolite(targets: number, intervalMs: Millis): void {
  const rate = (targets * 1000) / intervalMs;
  if (rate <= PACKETS_PER_SECOND) return;
  const fitting = Math.ceil((targets * 1000) / PACKETS_PER_SECOND / 10) * 10;
  throw new RangeError(
    `${targets} targets every ${intervalMs}ms are ${Math.round(rate)} packets a second, and more than ` +
      `${PACKETS_PER_SECOND} need your own word: add -i ${fitting}ms, or -i ${intervalMs}ms if you mean it`,
  );
}

function optional<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { [Key in Name]: string }) : {};
}

function failOn(flags: FlagValues): readonly FailWord[] {
  const text = flags['fail-on'];
  return typeof text === 'string' ? failWords(text) : [];
}

function onEvent(text: FlagValues[FlagName]): { onEvent?: readonly string[] } {
  if (typeof text !== 'string') return {};
  try {
    return { onEvent: commandWords(text) };
  } catch (cause) {
    throw new RangeError(`--on-event: ${(cause as Error).message}`, { cause });
  }
}

const WITNESSES = ['clock', 'announce'];

function witnesses(text: FlagValues[FlagName]): { witnesses?: readonly string[] } {
  if (typeof text !== 'string') return {};
  if (text === 'none') return { witnesses: [] };
  const names = text.split(',');
  const unknown = names.find(name => !WITNESSES.includes(name));
  if (unknown !== undefined) throw unknownName('witness', unknown, [...WITNESSES, 'none']);
  return { witnesses: names };
}
