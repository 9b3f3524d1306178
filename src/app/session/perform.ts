import type { Sample } from '../../core/sample.js';
import type { Ending } from '../../session/io.js';
import type { SampleSource } from '../../sources/live-samples.js';
import { deferred } from '../../system/deferred.js';
import type { Frontend } from './frontend.js';

/**
 * Passes each sample of a source to `take` until the first of `endings`, the user, or an error of `take` ends that.
 * Closes source and frontend. Returns why it ended; rejects with the error of `take`.
 */
export async function perform(
  source: Pick<SampleSource, 'start' | 'stop'>,
  take: (sample: Sample) => void,
  frontend: Frontend,
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
    const ending = await Promise.race([...endings, frontend.quit, broken.promise]);
    await source.stop();
    await frontend.finish(ending);
    return ending;
  } finally {
    await source.stop();
    await frontend.close?.();
  }
}
