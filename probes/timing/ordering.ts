import type { Sample } from '../../src/core/sample.js';

/**
 * Returns what puts each batch in the order in which its outcomes were known: no sample is known before one of an
 * earlier batch.
 */
export function ordering(): (samples: Sample[]) => Sample[] {
  let latest = Number.NEGATIVE_INFINITY;
  return samples => {
    samples.sort((a, b) => a.knownAt - b.knownAt);
    for (const sample of samples) latest = sample.knownAt = Math.max(sample.knownAt, latest);
    return samples;
  };
}
