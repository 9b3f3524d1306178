import type { HypervisorSpec } from '../../probes/hypervisor/index.js';
import type { WireSpec } from '../../probes/wire/spec.js';
import { FASTEST, SLOWEST } from '../core/clock/virtual-clock.js';
import type { DetectorChoice } from '../core/detector.js';
import { formatDuration, parseDuration } from '../core/format/duration.js';
import { unknownName } from '../core/format/nearest-name.js';
import type { MaintenancePlan } from '../core/maintenance/checklist.js';
import { MAX_TARGETS, type Millis, type TargetId } from '../core/sample.js';
import { isMaintenanceFailure } from './fail-on.js';
import { type FlagName, type FlagValues, flagNamed } from './flags.js';
import { type FrontendPlan, failOn, frontendPlan } from './frontend-plan.js';
import { checkPolite, checkSpeed } from './limits.js';
import type { ObserverSpec } from './observers.js';
import type { TargetSpec } from './targets.js';

/** What `watch` does, checked and complete. */
export interface WatchPlan extends FrontendPlan {
  targets: readonly TargetSpec[];
  /** The simulated VM that a screen shows around on its own; absent if the user named targets. */
  tour?: TargetSpec;
  /** The files of `-f` and the targets that they named at the start; absent without `-f`. */
  lists?: TargetLists;
  /** The user did not ask for this rate, so it is kept below the limit of packets a second. */
  polite: boolean;
  intervalMs: Millis;
  timeoutMs: Millis;
  /** The address family of host names; absent: either. */
  family?: 4 | 6;
  interface?: string;
  /** The one backend to use for hosts. */
  backend?: string;
  /** Options by prober name, if the user gave some. */
  probes: ReadonlyMap<string, Record<string, number>>;
  /** Witnesses besides the echo, by prober name; absent: all that are permitted. */
  witnesses?: readonly string[];
  detectors: readonly DetectorChoice[];
  durationMs?: Millis;
  /** The factor by which time passes faster; 1 unless every target is simulated. */
  speed: number;
  holdMs: Millis;
  record: RecordChoice;
  /** The time that is kept in memory for a recording to begin with. */
  lookbackMs: Millis;
  /** The file that notes come from, besides the user's keys; `-` for standard input. */
  notes?: string;
  /** Other migwatches whose samples are shown beside ours. */
  observers: readonly ObserverSpec[];
  /** Hypervisors whose reports are shown beside what is seen. */
  hypervisors: readonly HypervisorSpec[];
  /** Interfaces whose migration streams are shown beside what is seen, and a text to search in them. */
  wire: { specs: readonly WireSpec[]; canary?: Buffer };
  /** The targets that are expected to move; absent outside of maintenance. */
  maintenance?: MaintenancePlan;
}

export interface TargetLists {
  files: readonly string[];
  targets: readonly TargetId[];
}

/** Whether to record from the start, and to which file. */
export interface RecordChoice {
  atOnce: boolean;
  /** The file that the user named; absent: a file that is named automatically. */
  file?: string;
  /** The folder for files that are named automatically; absent: the default folder. */
  folder?: string;
  force: boolean;
  /** Whether to record when a light turns red. */
  atRed?: boolean;
}

/** What `replay` does. */
export interface ReplayPlan extends FrontendPlan {
  path: string;
  /** The user's folder of recordings; absent: the default folder. */
  folder?: string;
  /** Judge with these detectors instead of the defaults, and with this hold instead of the recorded one. */
  detectors?: readonly DetectorChoice[];
  /** Judge with the detectors of the recording instead of the defaults. */
  asRecorded: boolean;
  holdMs?: Millis;
  /** The expected moves in place of the recorded ones. */
  maintenance?: MaintenancePlan;
  /** Where to open it: a moment or the id of an event. */
  at?: string;
  /** Infinity: as fast as possible; absent: the default of the frontend. */
  speed?: number;
}

/** What was read and looked up for the plan. */
export interface PlanInputs {
  targets: readonly TargetSpec[];
  tour?: TargetSpec | undefined;
  lists?: TargetLists | undefined;
  observers?: readonly ObserverSpec[];
  hypervisors?: readonly HypervisorSpec[];
  wire?: WatchPlan['wire'];
  detectors: readonly DetectorChoice[];
  probes: readonly { probe: string; options: Record<string, number> }[];
  /** The targets that are expected to move, if the user named them. */
  expected?: readonly TargetId[] | undefined;
}

const MIN_INTERVAL: Millis = 2;
const MAX_DURATION: Millis = 86_400_000;

/** Throws a RangeError that says what is wrong, what was expected and what to do. */
export function makePlan(flags: FlagValues, inputs: PlanInputs): WatchPlan {
  const intervalMs = duration(flags, 'interval', MIN_INTERVAL);
  if (inputs.targets.length > MAX_TARGETS)
    throw new RangeError(
      `${inputs.targets.length} targets are too many for one migwatch: name at most ${MAX_TARGETS}, or run several`,
    );
  const polite = flags.interval === undefined;
  if (polite) checkPolite(inputs.targets.length, intervalMs);
  if (flags.ipv4 && flags.ipv6)
    throw new RangeError('-4 and -6 exclude each other: leave both out to use either');
  const speed = flags.speed === undefined ? 1 : speedOf(flags.speed as string);
  checkSpeed(inputs.targets, speed);
  if (speed !== 1 && inputs.observers?.length)
    throw new RangeError('--speed and --observer exclude each other: an observer watches in real time');
  if (speed !== 1 && inputs.hypervisors?.length)
    throw new RangeError('--speed and --hypervisor exclude each other: a hypervisor works in real time');
  if (speed !== 1 && inputs.wire?.specs.length)
    throw new RangeError('--speed and --wire exclude each other: a network works in real time');
  checkFailOn(flags, inputs.expected);
  const durationMs = flags.duration === undefined ? undefined : duration(flags, 'duration', 1);
  return {
    targets: inputs.targets,
    ...(inputs.tour && { tour: inputs.tour }),
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
      ...(flags['record-red'] === true && { atRed: true }),
    },
    lookbackMs: lookback(flags),
    ...optional('notes', flags.notes),
    observers: inputs.observers ?? [],
    hypervisors: inputs.hypervisors ?? [],
    wire: inputs.wire ?? { specs: [] },
    ...maintenancePlan(flags, inputs.expected),
    ...frontendPlan(flags),
  };
}

/** Throws a RangeError if `--fail-on` names what can't occur without another flag. */
function checkFailOn(flags: FlagValues, expected: readonly TargetId[] | undefined): void {
  if (failOn(flags).includes('unreported') && flags.hypervisor === undefined)
    throw new RangeError('--fail-on unreported needs --hypervisor');
  const given = { unexpected: expected, unmet: expected, 'over-budget': flags.budget };
  for (const word of failOn(flags).filter(isMaintenanceFailure))
    if (given[word] === undefined)
      throw new RangeError(
        `--fail-on ${word} needs ${word === 'over-budget' ? '--budget TIME' : '--expect FILE'}`,
      );
}

/** The expected moves and the budget of the command line. Throws a RangeError that says what is wrong. */
export function maintenancePlan(
  flags: FlagValues,
  expected: readonly TargetId[] | undefined,
): { maintenance?: MaintenancePlan } {
  if (expected === undefined && flags.budget === undefined) return {};
  const budgetMs = flags.budget === undefined ? undefined : duration(flags, 'budget', 1);
  return { maintenance: { targets: expected ?? [], ...(budgetMs !== undefined && { budgetMs }) } };
}

interface ReplayInputs {
  path: string;
  detectors: readonly DetectorChoice[] | undefined;
  /** The targets that are expected to move, if the user named them. */
  expected: readonly TargetId[] | undefined;
}

/** Throws a RangeError as `makePlan` does. */
export function makeReplayPlan(flags: FlagValues, { path, detectors, expected }: ReplayInputs): ReplayPlan {
  return {
    path,
    ...optional('folder', flags.dir),
    ...(detectors && { detectors }),
    ...optional('at', flags.at),
    asRecorded: flags['as-recorded'] === true,
    ...(flags.hold !== undefined && { holdMs: duration(flags, 'hold', 0) }),
    ...(flags.speed !== undefined && { speed: speedOf(flags.speed as string) }),
    ...maintenancePlan(flags, expected),
    ...frontendPlan(flags),
  };
}

function speedOf(text: string): number {
  if (text === 'max') return Infinity;
  const factor = /^\d*\.?\d+[x×]?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (factor >= SLOWEST && factor <= FASTEST) return factor;
  throw new RangeError(`--speed must be between ${SLOWEST} and ${FASTEST}, or max, not "${text}"`);
}

/** Lines have no key that records, so that nothing needs to be kept for one. */
function lookback(flags: FlagValues): Millis {
  const lookbackMs = duration(flags, 'lookback', 0);
  return flags.headless && !flags['record-red'] ? 0 : lookbackMs;
}

function duration(flags: FlagValues, name: FlagName, minMs: Millis): Millis {
  const text = (flags[name] ?? flagNamed(name)?.default) as string;
  let value: Millis;
  try {
    value = parseDuration(text);
  } catch (cause) {
    throw new RangeError(`--${name}: ${(cause as Error).message}`, { cause });
  }
  if (value >= minMs && value <= MAX_DURATION) return value;
  throw new RangeError(
    `--${name} must be between ${formatDuration(minMs)} and ${formatDuration(MAX_DURATION)}, not "${text}"`,
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
