import type { DetectorChoice } from './core/detector.js';
import { formatDuration, parseDuration } from './core/duration.js';
import { EVENT_KINDS, type EventKind } from './core/event.js';
import { unknownName } from './core/names.js';
import type { Millis } from './core/sample.js';
import { FASTEST, SLOWEST } from './core/virtual-clock.js';
import type { FlagName, FlagValues } from './flags.js';
import type { TargetSpec } from './targets.js';

/** How a session is shown, live or replayed. */
export interface FacePlan {
  headless: boolean;
  samples: boolean;
  failOn: readonly EventKind[];
  color: boolean;
  ascii: boolean;
}

/** What `watch` is to do, checked and complete. */
export interface WatchPlan extends FacePlan {
  targets: readonly TargetSpec[];
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
  detectors: readonly DetectorChoice[];
  probes: readonly { probe: string; options: Record<string, number> }[];
}

const SHORTEST_INTERVAL: Millis = 2;
const LONGEST: Millis = 86_400_000;
/** Politeness: more than this needs the user's own word. */
const PACKETS_PER_SECOND = 2000;
const DEFAULTS = { interval: '50ms', timeout: '1s', hold: '30s' } as const;

/** Throws a RangeError that says what was expected, what came and what to do. */
export function makePlan(flags: FlagValues, inputs: PlanInputs): WatchPlan {
  const intervalMs = duration(flags, 'interval', SHORTEST_INTERVAL);
  if (flags.interval === undefined) checkPolite(inputs.targets.length, intervalMs);
  if (flags.ipv4 && flags.ipv6)
    throw new RangeError('-4 and -6 exclude each other: leave both out to use either');
  const durationMs = flags.duration === undefined ? undefined : duration(flags, 'duration', 1);
  return {
    targets: inputs.targets,
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
    ...facePlan(flags),
  };
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
    samples: flags.samples === true,
    failOn: kinds(flags['fail-on']),
    color: flags.color !== false,
    ascii: flags.ascii === true,
  };
}

function speed(text: string): number {
  if (text === 'max') return Infinity;
  const factor = /^\d*\.?\d+[x×]?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (factor >= SLOWEST && factor <= FASTEST) return factor;
  throw new RangeError(`--speed must be between ${SLOWEST} and ${FASTEST}, or max, not "${text}"`);
}

function duration(flags: FlagValues, name: FlagName, least: Millis): Millis {
  const text = (flags[name] ?? DEFAULTS[name as keyof typeof DEFAULTS]) as string;
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

function checkPolite(targets: number, intervalMs: Millis): void {
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

function kinds(text: FlagValues[FlagName]): readonly EventKind[] {
  if (typeof text !== 'string') return [];
  return text.split(',').map(name => {
    if (EVENT_KINDS.includes(name as EventKind)) return name as EventKind;
    throw unknownName('kind of event in --fail-on', name, EVENT_KINDS);
  });
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
