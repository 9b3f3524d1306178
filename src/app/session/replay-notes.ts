import { basename, dirname } from 'node:path';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { Store } from '../../recording/store.js';

/** What was noted in a recording, what was said about its moments later, and what is said while it is replayed. */
export class ReplayNotes {
  private keeping: Promise<void> = Promise.resolve();

  private constructor(
    private readonly store: Store,
    private readonly name: string,
    private readonly say: (text: string) => void,
    /** In the order of time. */
    public all: readonly Note[],
  ) {}

  /** Of the recording at a path; what was said later lies in the catalogue beside it. */
  static async of(
    path: string,
    recorded: readonly Note[],
    say: (text: string) => void,
  ): Promise<ReplayNotes> {
    const store = new Store(dirname(path));
    const name = basename(path);
    const later = await store.notesOf(name);
    const placed = later.flatMap(({ at, text }) => (at === undefined ? [] : [{ at, text }]));
    return new ReplayNotes(store, name, say, inOrder([...recorded, ...placed]));
  }

  /** Shows it at once; where it can't be kept, that is said. */
  add(text: string, at: Millis): void {
    this.all = inOrder([...this.all, { at, text }]);
    const kept = this.store.note(this.name, text, at).then(
      () => this.store.notices.splice(0).forEach(this.say),
      (error: Error) => this.say(`the note is not kept: ${error.message}`),
    );
    this.keeping = Promise.all([this.keeping, kept]).then(() => {});
  }

  /** Resolves when nothing that was said is still to be kept: whoever quits at once loses no note. */
  settled(): Promise<void> {
    return this.keeping;
  }
}

function inOrder(notes: readonly Note[]): Note[] {
  return [...notes].sort((a, b) => a.at - b.at);
}
