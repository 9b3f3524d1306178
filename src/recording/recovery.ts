import type { Damage } from './ending.js';
import { type Loss, Losses } from './losses.js';
import { lostDecoder, startAfter } from './resync.js';
import { SampleDecoder } from './sample-rows.js';
import { areSame, type Stream } from './streams.js';

/** A place between two lines of a file. */
export interface Place {
  offset: number;
  /** Lines before it. */
  lines: number;
}

/** On the way from damage to the next sync row. */
interface Search {
  /** The first damaged row. */
  loss: Loss;
  /** Behind the first damaged row, and behind the last. */
  first: Place;
  last: Place;
  /** What rows counted from in front of it. */
  before: SampleDecoder;
}

/**
 * Leads a reader over damage. Rows behind it count from what was lost, so nothing is handed out until a sync row tells
 * what they count from; then they are read again. Where none follows, they count on from what stood before: adrift.
 */
export class Recovery {
  decoder = new SampleDecoder();
  adrift = false;
  private readonly losses = new Losses();
  private search: Search | undefined;
  /** Up to here damage was looked for already. */
  private searchedTo = 0;
  /** From here on no sync row follows, as far as that is known. */
  private adriftFrom = Infinity;

  /** Nothing is handed out meanwhile. */
  get searching(): boolean {
    return this.search !== undefined;
  }

  /** Goes on elsewhere in the same file. */
  startAt(streams: readonly unknown[], adrift: boolean): void {
    this.decoder = SampleDecoder.load(streams);
    this.adrift = adrift;
    this.search = undefined;
    this.searchedTo = 0;
  }

  /** Whether damage at this offset begins a search. */
  begins(offset: number): boolean {
    return !this.search && !this.adrift && offset >= this.searchedTo && offset < this.adriftFrom;
  }

  /** These bytes make no sense, and the next line begins at `behind`. */
  lose(loss: Loss, behind: Place): void {
    if (loss.from >= this.adriftFrom) this.goAdrift();
    if (!this.search && !this.begins(loss.from)) {
      this.losses.add(loss);
      return;
    }
    this.search ??= { loss, first: behind, last: behind, before: this.decoder };
    this.search.last = behind;
    this.decoder = lostDecoder();
  }

  /** The sync row at this place tells the streams. Returns where to go on, if that is not behind it. */
  sync(streams: readonly Stream[], { offset, lines }: Place): Place | undefined {
    const { search } = this;
    if (search) {
      const start = startAfter(search.before.streams, this.decoder, streams);
      this.losses.add({ ...search.loss, to: search.last.offset }, start.missingMs);
      this.decoder = new SampleDecoder(start.streams);
      this.search = undefined;
      this.searchedTo = offset;
      return search.last;
    }
    if (areSame(this.decoder.streams, streams)) return undefined;
    const { missingMs } = startAfter(this.decoder.streams, new SampleDecoder(), streams);
    const why = 'the rows before it do not add up';
    if (!this.adrift) this.losses.add({ line: lines, why, from: offset, to: offset }, missingMs);
    this.decoder = new SampleDecoder([...streams]);
    this.adrift = false;
    return undefined;
  }

  /** There is no further row. Returns where to go on, if there is anything to be read again. */
  end(): Place | undefined {
    const { search } = this;
    if (!search) return undefined;
    this.losses.add(search.loss);
    this.adriftFrom = search.loss.from;
    this.goAdrift();
    this.decoder = search.before;
    this.search = undefined;
    return search.first;
  }

  /** What was lost; undefined where nothing was. `samples`: so many fewer came than the end line tells. */
  told(samples?: number): Omit<Damage, 'incomplete'> | undefined {
    return this.losses.told(samples);
  }

  private goAdrift(): void {
    this.adrift = true;
    this.losses.adrift = true;
  }
}
