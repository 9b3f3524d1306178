/** Characters of a document; a longer one is not read. */
const MAX_DOCUMENT = 1024 * 1024;

/** Puts JSON documents together that a log holds one after the other, each on one line or indented over several. */
export class JsonChunks {
  private begun = '';

  /** The document that ends with this line; `begun` within one; undefined for a line that is of none. */
  take(line: string): unknown {
    if (this.begun === '' && !line.startsWith('{')) return undefined;
    this.begun += `${line}\n`;
    const isWhole = /^\}\s*$/.test(line) || (line === this.begun.trimEnd() && line.trimEnd().endsWith('}'));
    if (!isWhole && this.begun.length <= MAX_DOCUMENT) return 'begun';
    const text = this.begun;
    this.begun = '';
    try {
      return isWhole ? (JSON.parse(text) as unknown) : undefined;
    } catch {
      return undefined; // the caller counts the line as not understood
    }
  }
}
