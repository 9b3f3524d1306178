/** Characters of a document; a longer one is not read. */
const MAX_DOCUMENT = 1024 * 1024;

/** Puts JSON documents together that a log holds one after the other, each on one line or indented over several. */
export class JsonChunks {
  private lines: string[] = [];
  private length = 0;

  /** The document that ends with this line; `begun` within one; undefined for a line that is of none. */
  take(line: string): unknown {
    const isFirst = this.lines.length === 0;
    if (isFirst && !line.startsWith('{')) return undefined;
    this.lines.push(line);
    this.length += line.length + 1;
    const isWhole = isFirst ? line.trimEnd().endsWith('}') : /^\}\s*$/.test(line);
    if (!isWhole && this.length <= MAX_DOCUMENT) return 'begun';
    const text = this.lines.join('\n');
    this.lines = [];
    this.length = 0;
    try {
      return isWhole ? (JSON.parse(text) as unknown) : undefined;
    } catch {
      return undefined; // the caller counts the line as not understood
    }
  }
}
