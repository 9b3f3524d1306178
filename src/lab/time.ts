import type { Millis } from '../core/sample.js';

export function sleep(ms: Millis): Promise<void> {
  return new Promise(done => setTimeout(done, ms));
}

/** The wall clock in Unix seconds, as QEMU stamps its events. */
export function unixNow(): number {
  return Date.now() / 1000;
}

/** Resolves as `wanted` does, or rejects with `why` after `limitMs`. */
export async function within<T>(limitMs: Millis, wanted: Promise<T>, why: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(why)), limitMs);
  });
  try {
    return await Promise.race([wanted, limit]);
  } finally {
    clearTimeout(timer);
  }
}
