import { basename, dirname } from 'node:path';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { Store } from '../../recording/store.js';

/** The notes in a recording, those that were added to it later, and those of this replay. */
export class ReplayNotes {
  private storing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly store: Store,
    private readonly name: string,
    private readonly say: (text: string) => void,
    /** In the order of time. */
    public all: readonly Note[],
  ) {}

  /** Reads the notes of a recording; those that were added later are in the catalogue beside it. */
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

  /** Shows the note at once and stores it; `say` gets a message if that fails. */
  add(text: string, at: Millis): void {
    this.all = inOrder([...this.all, { at, text }]);
    const kept = this.store.note(this.name, text, at).then(
      () => this.store.notices.splice(0).forEach(this.say),
      (error: Error) => this.say(`the note could not be stored: ${error.message}`),
    );
    this.storing = Promise.all([this.storing, kept]).then(() => {});
  }

  /** Resolves when all notes are stored, so that no note is lost at a quick quit. */
  settled(): Promise<void> {
    return this.storing;
  }
}

function inOrder(notes: readonly Note[]): Note[] {
  return [...notes].sort((a, b) => a.at - b.at);
}
