import { FASTEST, SLOWEST } from '../core/clock/virtual-clock.js';
import type { DetectorChoice } from '../core/detector.js';
import { formatDuration, parseDuration } from '../core/format/duration.js';
import { unknownName } from '../core/format/nearest-name.js';
import type { MaintenancePlan } from '../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../core/sample.js';
import { isOfMaintenance } from './fail-on.js';
import { type FlagName, type FlagValues, flagNamed } from './flags.js';
import { type FrontendPlan, failOn, frontendPlan } from './frontend-plan.js';
import { checkPolite, checkSpeed } from './limits.js';
import type { ObserverSpec } from './observers.js';
import type { TargetSpec } from './targets.js';

/** What `watch` is to do, checked and complete. */
export interface WatchPlan extends FrontendPlan {
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
  /** How many times as fast time passes; 1 unless every target is simulated. */
  speed: number;
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
export interface ReplayPlan extends FrontendPlan {
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

const MIN_INTERVAL: Millis = 2;
const LONGEST: Millis = 86_400_000;
/** Each takes some hundred kilobytes to judge, and a recording holds no more. */
const MAX_TARGETS = 10_000;

/** Throws a RangeError that says what was expected, what came and what to do. */
export function makePlan(flags: FlagValues, inputs: PlanInputs): WatchPlan {
  const intervalMs = duration(flags, 'interval', MIN_INTERVAL);
  if (inputs.targets.length > MAX_TARGETS)
    throw new RangeError(
      `${inputs.targets.length} targets are more than one migwatch watches: name at most ${MAX_TARGETS}, or run several`,
    );
  const polite = flags.interval === undefined;
  if (polite) checkPolite(inputs.targets.length, intervalMs);
  if (flags.ipv4 && flags.ipv6)
    throw new RangeError('-4 and -6 exclude each other: leave both out to use either');
  const speed = flags.speed === undefined ? 1 : speedOf(flags.speed as string);
  checkSpeed(inputs.targets, speed);
  if (speed !== 1 && inputs.observers?.length)
    throw new RangeError('--speed and --observer exclude each other: what others see takes its own time');
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
    speed,
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
    ...frontendPlan(flags),
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
    ...(flags.speed !== undefined && { speed: speedOf(flags.speed as string) }),
    ...frontendPlan(flags),
  };
}

function speedOf(text: string): number {
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

function optional<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { [Key in Name]: string }) : {};
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
