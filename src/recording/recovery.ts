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
  /** The places after the first damaged row, and after the last. */
  first: Place;
  last: Place;
  /** The decoder of the rows before the damage. */
  before: SampleDecoder;
}

/**
 * Leads a reader over damage. Rows after damage are relative to lost ones, so no entry is returned until a sync row gives
 * their reference; then they are read again. If no sync row follows, they are decoded relative to the rows before the
 * damage: adrift.
 */
export class Recovery {
  decoder = new SampleDecoder();
  adrift = false;
  private readonly losses = new Losses();
  private search: Search | undefined;
  /** Damage up to here was searched already. */
  private searchedTo = 0;
  /** After this offset there is no sync row, as far as the file was read. */
  private adriftFrom = Infinity;

  /** During a search, no entry is returned. */
  get searching(): boolean {
    return this.search !== undefined;
  }

  /** Continues at another place of the same file. */
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

  /** These bytes can't be decoded, and the next line begins at `next`. */
  lose(loss: Loss, next: Place): void {
    if (loss.from >= this.adriftFrom) this.goAdrift();
    if (!this.search && !this.begins(loss.from)) {
      this.losses.add(loss);
      return;
    }
    this.search ??= { loss, first: next, last: next, before: this.decoder };
    this.search.last = next;
    this.decoder = lostDecoder();
  }

  /** Takes the streams of the sync row at this place. Returns where to continue, if that is not after the row. */
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

  /** The file has ended. Returns where to continue, if rows have to be read again. */
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

  /** The damage; undefined without any. `samples`: how many fewer there are than the end line says. */
  summary(samples?: number): Omit<Damage, 'incomplete'> | undefined {
    return this.losses.summary(samples);
  }

  private goAdrift(): void {
    this.adrift = true;
    this.losses.adrift = true;
  }
}
