import type { Sample } from '../../core/sample.js';

/** Merges streams by the time when outcomes were known; each stream keeps its own order. */
export function* mergeSamples(streams: readonly Generator<Sample>[]): Generator<Sample> {
  const heads = streams.map(stream => stream.next());
  for (;;) {
    let first = -1;
    heads.forEach((head, index) => {
      if (!head.done && (first < 0 || head.value.knownAt < heads[first]!.value!.knownAt)) first = index;
    });
    if (first < 0) return;
    yield heads[first]!.value!;
    heads[first] = streams[first]!.next();
  }
}
