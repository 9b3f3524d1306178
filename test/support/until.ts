/** Resolves once it holds; rejects with `what` after a time that only a broken program takes, on a busy machine too. */
export async function until(holds: () => boolean, what: string, limitMs = 60_000): Promise<void> {
  for (const end = Date.now() + limitMs; !holds(); ) {
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise(done => setTimeout(done, 5));
  }
}
