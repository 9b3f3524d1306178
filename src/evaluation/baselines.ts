import { getOrMake } from '../core/get-or-make.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { Detection } from './matching.js';

/** The outcome of one probe at its timeout. */
interface ProbeFate {
  seq: number;
  at: Millis;
  knownAt: Millis;
  lost: boolean;
}

const IN_A_ROW = 3;

/**
 * The simplest baseline: three probes lost in a row are a migration, which is detected when the third loss is known. The
 * blackout is the time from the last answered send before the losses to the first answered send after them.
 */
export function threeLostInARow(samples: Iterable<Sample>): Detection[] {
  return runsOfLoss(samples, IN_A_ROW).map(({ target, before, losses, after }): Detection => {
    const high = before && after && after.at - before.at;
    return {
      target,
      kind: 'migration',
      red: true,
      at: losses[IN_A_ROW - 1]!.knownAt,
      ...{ startedAt: losses[0]!.at, endedAt: (after ?? losses.at(-1)!).at },
      ...(high !== undefined && { blackoutMs: { estimate: high, low: 0, high } }),
    };
  });
}

/**
 * The usual way to read `ping -D -O`: every gap is a migration, which is detected at the first reply after it. The stuntime,
 * from the last reply before the gap to that one, is taken for the blackout.
 */
export function anyStuntime(samples: Iterable<Sample>): Detection[] {
  return runsOfLoss(samples, 1).flatMap(({ target, before, losses, after }): Detection[] => {
    if (!before || !after) return [];
    const stuntime = after.knownAt - before.knownAt;
    const blackoutMs = { estimate: stuntime, low: 0, high: stuntime };
    const span = { startedAt: losses[0]!.at, endedAt: after.at };
    return [{ target, kind: 'migration', red: true, at: after.knownAt, ...span, blackoutMs }];
  });
}

interface Run {
  target: TargetId;
  before?: ProbeFate;
  losses: ProbeFate[];
  after?: ProbeFate;
}

/** Runs of at least `min` losses in a row, of every target. */
function runsOfLoss(samples: Iterable<Sample>, min: number): Run[] {
  const targets = new Map<TargetId, Map<number, ProbeFate>>();
  for (const { target, seq, at, knownAt, outcome } of samples) {
    const statuses = getOrMake(targets, target, () => new Map<number, ProbeFate>());
    if (outcome.kind === 'lost') statuses.set(seq, { seq, at, knownAt, lost: true });
    else if (outcome.kind === 'reply' && !outcome.late) statuses.set(seq, { seq, at, knownAt, lost: false });
  }
  return [...targets].flatMap(([target, statuses]) =>
    runsOf(
      target,
      [...statuses.values()].sort((a, b) => a.seq - b.seq),
    ).filter(({ losses }) => losses.length >= min),
  );
}

function runsOf(target: TargetId, statuses: readonly ProbeFate[]): Run[] {
  const runs: Run[] = [];
  let previous: ProbeFate | undefined;
  for (const status of statuses) {
    if (status.lost && previous?.lost) runs.at(-1)!.losses.push(status);
    else if (status.lost) runs.push({ target, losses: [status], ...(previous && { before: previous }) });
    else if (previous?.lost) runs.at(-1)!.after = status;
    previous = status;
  }
  return runs;
}
