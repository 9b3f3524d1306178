/** The places of a text that are kept. */
const MAX_PLACES = 8;

/** Finds a text in a stream that comes in pieces, also across their borders. */
export class Search {
  count = 0;
  /** The offsets of the first ones in the stream. */
  readonly places: number[] = [];
  /** The end of the last piece, too short to hold the text. */
  private tail: Buffer = Buffer.alloc(0);
  private tailEnd = -1;

  constructor(private readonly text: Buffer) {}

  /**
   * Searches a piece at this offset in the stream. Returns where the first one is in the piece: 0 for one that began before it.
   * Pieces must be in order; after a gap, what came before is forgotten.
   */
  take(offset: number, piece: Buffer): number | undefined {
    let first = offset === this.tailEnd && this.searchBorder(offset, piece) ? 0 : undefined;
    for (let at = piece.indexOf(this.text); at >= 0; at = piece.indexOf(this.text, at + this.text.length)) {
      first ??= at;
      this.note(offset + at);
    }
    const keep = Math.min(piece.length, this.text.length - 1);
    // A copy, since the piece is part of a larger buffer.
    this.tail = Buffer.from(piece.subarray(piece.length - keep));
    this.tailEnd = offset + piece.length;
    return first;
  }

  private searchBorder(offset: number, piece: Buffer): boolean {
    const border = Buffer.concat([this.tail, piece.subarray(0, this.text.length - 1)]);
    const at = border.indexOf(this.text);
    if (at >= 0) this.note(offset - this.tail.length + at);
    return at >= 0;
  }

  private note(place: number): void {
    this.count++;
    if (this.places.length < MAX_PLACES) this.places.push(place);
  }
}
