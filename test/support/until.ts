/** Only a broken program takes so long: one that starts while all processors are taken has needed more than a minute. */
export const PATIENCE_MS = 240_000;

/** Resolves once it holds; rejects with `what` after a time that only a broken program takes, on a busy machine too. */
export async function until(holds: () => boolean, what: string, limitMs = PATIENCE_MS): Promise<void> {
  for (const end = Date.now() + limitMs; !holds(); ) {
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise(done => setTimeout(done, 5));
  }
}
