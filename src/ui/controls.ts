import type { Millis, TargetId } from '../core/sample.js';
import type { Action } from './keys.js';
import type { Prompt } from './prompt.js';

export const SPANS: readonly Millis[] = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/** What the user chose to look at. */
export interface Controls {
  chosen: TargetId | undefined;
  /** Index into SPANS. */
  span: number;
  full: boolean;
  histogram: boolean;
  help: boolean;
  /** Events as recorded beside those judged now, in place of the log. */
  comparison: boolean;
  /** A question that waits for its answer. */
  prompt?: Prompt;
  /** Since when the picture stands still. */
  frozenAt?: Millis;
  /** The id of the event that the graph was moved to. */
  event?: string;
}

export const INITIAL: Controls = {
  chosen: undefined,
  span: 2,
  full: false,
  histogram: false,
  help: false,
  comparison: false,
};

/** What there is to choose from when a key is pressed. */
export interface Choices {
  targets: readonly TargetId[];
  /** Newest first. */
  events: readonly { id: string; target: TargetId }[];
  now: Millis;
}

type Change = (controls: Controls, choices: Choices) => Partial<Controls>;

const CHANGES: Partial<Record<Action, Change>> = {
  up: (controls, choices) => neighbour(controls, choices, -1),
  down: (controls, choices) => neighbour(controls, choices, 1),
  full: ({ full }) => ({ full: !full }),
  histogram: ({ histogram }) => ({ histogram: !histogram }),
  compare: ({ comparison }) => ({ comparison: !comparison }),
  longer: ({ span }) => ({ span: Math.min(SPANS.length - 1, span + 1) }),
  shorter: ({ span }) => ({ span: Math.max(0, span - 1) }),
  freeze: ({ frozenAt }, { now }) => ({ frozenAt: frozenAt === undefined ? now : undefined }),
  help: ({ help }) => ({ help: !help }),
  event: nextEvent,
  back: ({ help }) =>
    help ? { help: false } : { event: undefined, frozenAt: undefined, histogram: false, full: false },
};

/** The controls after a key; actions that act on more than the picture leave them as they are. */
export function press(controls: Controls, action: Action, choices: Choices): Controls {
  return { ...controls, ...CHANGES[action]?.(controls, choices) };
}

/** The target whose graph is shown: the one chosen, else the first. */
export function chosenTarget(controls: Controls, targets: readonly TargetId[]): TargetId | undefined {
  return targets.includes(controls.chosen!) ? controls.chosen : targets[0];
}

function neighbour(controls: Controls, { targets }: Choices, by: number): Partial<Controls> {
  const index = targets.indexOf(chosenTarget(controls, targets)!) + by;
  return { chosen: targets[Math.max(0, Math.min(targets.length - 1, index))], event: undefined };
}

/** From the newest event to older ones, and after the oldest back to the live picture. */
function nextEvent({ event }: Controls, { events }: Choices): Partial<Controls> {
  const next = events[events.findIndex(({ id }) => id === event) + 1];
  return next ? { event: next.id, chosen: next.target, histogram: false, help: false } : { event: undefined };
}
