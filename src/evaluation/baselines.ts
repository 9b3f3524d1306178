import { getOrMake } from '../core/get-or-make.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { Detection } from './score.js';

/** How one probe ended, by its timeout. */
interface ProbeFate {
  seq: number;
  at: Millis;
  knownAt: Millis;
  lost: boolean;
}

const IN_A_ROW = 3;

/**
 * The baseline that everybody has: a migration whenever three probes in a row were lost by their timeout, called when
 * the third loss is known. It takes the time between the last answered send and the first answered one for the blackout.
 */
export function threeLostInARow(samples: Iterable<Sample>): Detection[] {
  return runsOfLoss(samples, IN_A_ROW).map(({ target, before, losses, after }): Detection => {
    const high = before && after && after.at - before.at;
    return {
      target,
      kind: 'migration',
      red: true,
      at: losses[IN_A_ROW - 1]!.knownAt,
      ...(high !== undefined && { blackoutMs: { estimate: high, low: 0, high } }),
    };
  });
}

/**
 * What people do with `ping -D -O`: any gap is a migration, noticed when the first reply after it comes, and the time
 * from the last reply before to that one, the stuntime, is taken for the blackout.
 */
export function anyStuntime(samples: Iterable<Sample>): Detection[] {
  return runsOfLoss(samples, 1).flatMap(({ target, before, after }): Detection[] => {
    if (!before || !after) return [];
    const stuntime = after.knownAt - before.knownAt;
    const blackoutMs = { estimate: stuntime, low: 0, high: stuntime };
    return [{ target, kind: 'migration', red: true, at: after.knownAt, blackoutMs }];
  });
}

interface Run {
  target: TargetId;
  before?: ProbeFate;
  losses: ProbeFate[];
  after?: ProbeFate;
}

/** Runs of at least so many losses, of every target. */
function runsOfLoss(samples: Iterable<Sample>, least: number): Run[] {
  const targets = new Map<TargetId, Map<number, ProbeFate>>();
  for (const { target, seq, at, knownAt, outcome } of samples) {
    const fates = getOrMake(targets, target, () => new Map<number, ProbeFate>());
    if (outcome.kind === 'lost') fates.set(seq, { seq, at, knownAt, lost: true });
    else if (outcome.kind === 'reply' && !outcome.late) fates.set(seq, { seq, at, knownAt, lost: false });
  }
  return [...targets].flatMap(([target, fates]) =>
    runsOf(
      target,
      [...fates.values()].sort((a, b) => a.seq - b.seq),
    ).filter(({ losses }) => losses.length >= least),
  );
}

function runsOf(target: TargetId, fates: readonly ProbeFate[]): Run[] {
  const runs: Run[] = [];
  let previous: ProbeFate | undefined;
  for (const fate of fates) {
    if (fate.lost && previous?.lost) runs.at(-1)!.losses.push(fate);
    else if (fate.lost) runs.push({ target, losses: [fate], ...(previous && { before: previous }) });
    else if (previous?.lost) runs.at(-1)!.after = fate;
    previous = fate;
  }
  return runs;
}
