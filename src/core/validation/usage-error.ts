/** Invalid usage: reported in one line on stderr, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Runs `body` and turns what it throws into a UsageError that keeps its cause. */
export async function asUsage<T>(body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
