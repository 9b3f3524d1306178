import { getOrMake } from './get-or-make.js';
import type { Millis, Sample, TargetId } from './sample.js';
import type { Detection } from './score.js';

/** How one probe ended, by its timeout. */
interface Fate {
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
  const targets = new Map<TargetId, Map<number, Fate>>();
  for (const { target, seq, at, knownAt, outcome } of samples) {
    const fates = getOrMake(targets, target, () => new Map<number, Fate>());
    if (outcome.kind === 'lost') fates.set(seq, { seq, at, knownAt, lost: true });
    else if (outcome.kind === 'reply' && !outcome.late) fates.set(seq, { seq, at, knownAt, lost: false });
  }
  return [...targets].flatMap(([target, fates]) =>
    runsOfLoss([...fates.values()].sort((a, b) => a.seq - b.seq))
      .filter(({ losses }) => losses.length >= IN_A_ROW)
      .map(({ before, losses, after }): Detection => {
        const high = before && after && after.at - before.at;
        return {
          target,
          kind: 'migration',
          red: true,
          at: losses[IN_A_ROW - 1]!.knownAt,
          ...(high !== undefined && { blackoutMs: { estimate: high, low: 0, high } }),
        };
      }),
  );
}

interface Run {
  before?: Fate;
  losses: Fate[];
  after?: Fate;
}

function runsOfLoss(fates: readonly Fate[]): Run[] {
  const runs: Run[] = [];
  let previous: Fate | undefined;
  for (const fate of fates) {
    if (fate.lost && previous?.lost) runs.at(-1)!.losses.push(fate);
    else if (fate.lost) runs.push({ losses: [fate], ...(previous && { before: previous }) });
    else if (previous?.lost) runs.at(-1)!.after = fate;
    previous = fate;
  }
  return runs;
}
