import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { LaterNotes } from '../../recording/later-notes.js';

/** The notes in a recording, those that were added to it later, and those of this replay. */
export class ReplayNotes {
  /** The notes that could not be stored, for the end of the session. */
  readonly closingLines: string[] = [];
  private storing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly later: LaterNotes,
    private readonly say: (text: string) => void,
    /** In the order of time. */
    public all: readonly Note[],
  ) {}

  /** Reads the notes of a recording. */
  static async of(
    later: LaterNotes,
    recorded: readonly Note[],
    say: (text: string) => void,
  ): Promise<ReplayNotes> {
    const placed = (await later.all()).flatMap(({ at, text }) => (at === undefined ? [] : [{ at, text }]));
    return new ReplayNotes(later, say, inOrder([...recorded, ...placed]));
  }

  /** Shows the note at once and stores it; `say` gets a message if that fails. */
  add(text: string, at: Millis): void {
    this.all = inOrder([...this.all, { at, text }]);
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
