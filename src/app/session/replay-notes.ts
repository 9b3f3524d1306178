import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { LaterNotes } from '../../recording/later-notes.js';

/** The notes in a recording, those that were added to it later, and those of this replay. */
export class ReplayNotes {
  /** The notes that could not be stored, for the end of the session. */
  readonly closingLines: string[] = [];
  private storing: Promise<void> = Promise.resolve();
  private merged: readonly Note[] = [];

  private constructor(
    private readonly later: LaterNotes,
    private readonly say: (text: string) => void,
    private readonly context: readonly Note[],
    private added: readonly Note[],
    private readonly recorded: () => readonly Note[],
  ) {}

  /** Reads the notes of a recording; `recorded` returns those in the file, as far as it was read, and `context` is from other files. */
  static async of(
    later: LaterNotes,
    recorded: () => readonly Note[],
    context: readonly Note[],
    say: (text: string) => void,
  ): Promise<ReplayNotes> {
    const placed = (await later.all()).flatMap(({ at, text }) => (at === undefined ? [] : [{ at, text }]));
    return new ReplayNotes(later, say, context, inOrder(placed), recorded);
  }

  /** In the order of time. */
  get all(): readonly Note[] {
    const { context, added, merged } = this;
    const recorded = this.recorded();
    if (merged.length !== recorded.length + context.length + added.length)
      this.merged = inOrder([...recorded, ...context, ...added]);
    return this.merged;
  }

  /** The notes that were added to the recording later, and those of this replay, in the order of time. */
  get bookmarks(): readonly Note[] {
    return this.added;
  }

  /** Shows the note at once and stores it; `say` gets a message if that fails. */
  add(text: string, at: Millis): void {
    this.added = inOrder([...this.added, { at, text }]);
    const kept = this.later.add(text, at).then(
      () => this.later.notices.forEach(this.say),
      (error: Error) => {
        this.say(`the note could not be stored: ${error.message}`);
        this.closingLines.push(`the note "${text}" could not be stored: ${error.message}`);
      },
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
