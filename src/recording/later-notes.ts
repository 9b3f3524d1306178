import { basename, dirname, resolve } from 'node:path';
import type { Millis } from '../core/sample.js';
import { recordingsFolder } from './folder.js';
import { type Note, Store } from './store.js';

/**
 * The notes that were added to a recording after it was made. They are in the catalogue of its folder; those of a file
 * that this catalogue can't hold are in the catalogue of the user's own folder, under the file's path.
 */
export class LaterNotes {
  private readonly path: string;
  private readonly beside: Store;
  private readonly own: Store;

  /** `folder` is the user's folder of recordings; absent: the default folder. */
  constructor(path: string, folder?: string) {
    this.path = resolve(path);
    this.beside = new Store(dirname(this.path));
    this.own = new Store(recordingsFolder(folder));
  }

  /** Messages for the user: a catalogue that was created again. */
  get notices(): readonly string[] {
    return [...this.beside.notices.splice(0), ...this.own.notices.splice(0)];
  }

  async all(): Promise<readonly Note[]> {
    const beside = this.isListed ? await this.beside.notesOf(basename(this.path)) : [];
    return [...beside, ...(await this.own.notesOf(this.path))];
  }

  /** Rejects if neither catalogue can be written. */
  async add(text: string, at: Millis): Promise<void> {
    if (this.isListed && (await this.fits(text, at))) return;
    await this.own.noteFile(this.path, text, at);
  }

  /** Adds the note beside the file; false if that folder can't be written. */
  private async fits(text: string, at: Millis): Promise<boolean> {
    try {
      await this.beside.note(basename(this.path), text, at);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether a catalogue of the file's folder lists it. */
  private get isListed(): boolean {
    return this.beside.pathOf(basename(this.path)) === this.path && !basename(this.path).startsWith('.');
  }
}
