import { deferred } from '../../core/deferred.js';
import type { Sample } from '../../core/sample.js';
import type { Frontend } from './frontend.js';
import type { Ending } from './live.js';

export type Deliver = (samples: readonly Sample[]) => void;

/** Where samples come from: probers, or a recording. */
export interface Source {
  /** Samples come in the order in which their outcomes were known. */
  start(deliver: Deliver): Promise<void>;
  stop(): Promise<void>;
}

/** Leads a source's samples on until something ends that, and cleans up. Rejects when `take` failed. */
export async function perform(
  source: Source,
  take: (sample: Sample) => void,
  face: Frontend,
  endings: readonly Promise<Ending>[],
): Promise<Ending> {
  const broken = deferred<never>();
  try {
    await source.start(samples => {
      try {
        for (const sample of samples) take(sample);
      } catch (error) {
        broken.reject(error);
      }
    });
    const ending = await Promise.race([...endings, face.quit, broken.promise]);
    await source.stop();
    await face.finish(ending);
    return ending;
  } finally {
    await source.stop();
    await face.close?.();
  }
}
