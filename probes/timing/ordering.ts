import type { Sample } from '../../src/core/sample.js';

/**
 * Returns a function that sorts a batch by `knownAt`, in place. A sample that was known before one of an earlier batch
 * gets that one's `knownAt`, so that the times never decrease.
 */
export function ordering(): (samples: Sample[]) => Sample[] {
  let latest = Number.NEGATIVE_INFINITY;
  return samples => {
    samples.sort((a, b) => a.knownAt - b.knownAt);
    for (const sample of samples) latest = sample.knownAt = Math.max(sample.knownAt, latest);
    return samples;
  };
}
