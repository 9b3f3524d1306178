export { locateRecording } from './locate.js';

/** Runs `body`; what it throws says which file it is about. */
export async function about<T>(path: string, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
