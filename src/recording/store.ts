import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { checkSync, lock } from 'proper-lockfile';
import { unknownName } from '../core/format/nearest-name.js';
import type { Millis } from '../core/sample.js';
import { isListOf, isMoment, isOptional, isRecord, isShaped, isText } from '../core/validation/shape.js';
import { type Facts, GATHERING, gatherFacts, stampOf } from './facts.js';
import { lockPath } from './log-file.js';

/** The user's note about a recording, or about a moment in it. */
export interface Note {
  text: string;
  /** A bookmark: the moment in the recording. */
  at?: Millis;
}

/** One recording in the catalogue. */
export interface CatalogueEntry {
  /** The file's name without `.jsonl`. */
  name: string;
  path: string;
  notes: readonly Note[];
  /** Absent if the file can't be read; `error` holds the reason then. */
  facts?: Facts;
  error?: string;
  /** A session is writing it now. */
  live: boolean;
}

/** The part of an entry that the catalogue stores; the rest is read from the file. */
interface Kept {
  name: string;
  notes: Note[];
  facts?: Facts;
}

interface Catalogue {
  version: 1;
  recordings: Kept[];
}

const FILE = 'catalogue.json';
const EXTENSION = '.jsonl';
const LOCK_RETRIES = { retries: 40, minTimeout: 20, maxTimeout: 250, factor: 1.5 };

/** The recordings of a folder, with their facts and the user's notes. Any number of processes may use it at once. */
export class Store {
  /** Messages for the user: a catalogue that was created again. */
  readonly notices: string[] = [];
  private readonly file: string;

  constructor(readonly folder: string) {
    this.file = join(folder, FILE);
  }

  /** Every recording of the folder, oldest first. Files that changed are read again. */
  async list(): Promise<CatalogueEntry[]> {
    const names = this.names();
    const known = new Map((await this.read()).recordings.map(kept => [kept.name, kept]));
    const entries: CatalogueEntry[] = [];
    for (const name of names) entries.push(await this.lookUp(name, known.get(name)));
    if (entries.some(({ name, facts }) => facts && facts !== known.get(name)?.facts))
      await this.change(recordings => {
        for (const { name, facts } of entries) if (facts) keptOf(recordings, name).facts = facts;
      });
    return entries;
  }

  /** Throws for an unknown name; the message suggests the nearest one. */
  async show(name: string): Promise<CatalogueEntry> {
    const known = this.known(name);
    const { recordings } = await this.read();
    return this.lookUp(
      known,
      recordings.find(kept => kept.name === known),
    );
  }

  async rename(name: string, to: string): Promise<void> {
    const [from, next] = [this.known(name), bare(to)];
    if (!/^[^./\\\p{C}][^/\\\p{C}]*$/u.test(next))
      throw new RangeError(
        `${JSON.stringify(to)} can't be the name of a recording: leave out slashes and leading dots`,
      );
    await this.change(recordings => {
      this.refuseLive(from);
      if (existsSync(this.pathOf(next))) throw new Error(`${next} exists: choose another name`);
      renameSync(this.pathOf(from), this.pathOf(next));
      keptOf(recordings, from).name = next;
    });
  }

  /** Deletes the file and its notes. */
  async remove(name: string): Promise<void> {
    const known = this.known(name);
    await this.change(recordings => {
      this.refuseLive(known);
      rmSync(this.pathOf(known));
      const index = recordings.findIndex(kept => kept.name === known);
      if (index >= 0) recordings.splice(index, 1);
    });
  }

  /** Adds a note, or with `at` a bookmark. */
  async note(name: string, text: string, at?: Millis): Promise<void> {
    const known = this.known(name);
    await this.change(recordings => {
      keptOf(recordings, known).notes.push({ text, ...(at !== undefined && { at }) });
    });
  }

  /** Adds a note about a file that the folder does not hold, by its absolute path. */
  async noteFile(path: string, text: string, at: Millis): Promise<void> {
    await this.change(recordings => {
      keptOf(recordings, bare(path)).notes.push({ text, at });
    });
  }

  /** The notes about a recording, or about a file by its absolute path; none without a readable catalogue. Changes nothing. */
  async notesOf(name: string): Promise<readonly Note[]> {
    try {
      const low = new Low<unknown>(new JSONFile(this.file), {});
      await low.read();
      if (!isCatalogue(low.data)) return [];
      return low.data.recordings.find(kept => kept.name === bare(name))?.notes ?? [];
    } catch {
      return [];
    }
  }

  /** Removes the note that `show` lists at `index`. */
  async removeNote(name: string, index: number): Promise<void> {
    const known = this.known(name);
    await this.change(recordings => {
      const { notes } = keptOf(recordings, known);
      if (!(index in notes))
        throw new RangeError(`${known} has ${notes.length} notes, but no number ${index + 1}`);
      notes.splice(index, 1);
    });
  }

  /** The path of a recording of that name. */
  pathOf(name: string): string {
    return join(this.folder, bare(name) + EXTENSION);
  }

  private async lookUp(name: string, kept: Kept | undefined): Promise<CatalogueEntry> {
    const path = this.pathOf(name);
    const entry = { name, path, notes: kept?.notes ?? [], live: isLive(path) };
    try {
      const { size, changedAt } = stampOf(path);
      const facts = kept?.facts;
      const current = facts?.gathering === GATHERING && facts.size === size && facts.changedAt === changedAt;
      return { ...entry, facts: current ? facts : await gatherFacts(path) };
    } catch (error) {
      return { ...entry, error: (error as Error).message };
    }
  }

  names(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter(name => name.endsWith(EXTENSION) && !name.startsWith('.'))
      .map(bare)
      .sort();
  }

  private known(name: string): string {
    const names = this.names();
    if (names.includes(bare(name))) return bare(name);
    throw unknownName('recording', bare(name), names);
  }

  private refuseLive(name: string): void {
    if (isLive(this.pathOf(name))) throw new Error(`${name} is being recorded by a session: end that first`);
  }

  private async read(): Promise<Catalogue> {
    const empty: Catalogue = { version: 1, recordings: [] };
    const low = new Low<Catalogue>(new JSONFile(this.file), empty);
    try {
      await low.read();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.setAside(empty);
    }
    return isCatalogue(low.data) ? low.data : this.setAside(empty);
  }

  /** Facts can be read again; the user's notes can only be recovered by hand. */
  private setAside(empty: Catalogue): Catalogue {
    const aside = `${this.file}.damaged-${Date.now()}`;
    if (existsSync(this.file)) renameSync(this.file, aside);
    this.notices.push(`the catalogue was damaged and is created again; the notes may still be in ${aside}`);
    return empty;
  }

  private async change(edit: (recordings: Kept[]) => void): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const unlock = await lock(this.file, {
      realpath: false,
      lockfilePath: lockPath(this.file),
      retries: LOCK_RETRIES,
    });
    try {
      const low = new Low<Catalogue>(new JSONFile(this.file), await this.read());
      edit(low.data.recordings);
      await low.write();
      chmodSync(this.file, 0o600);
    } finally {
      await unlock();
    }
  }
}

function keptOf(recordings: Kept[], name: string): Kept {
  const known = recordings.find(kept => kept.name === name);
  if (known) return known;
  const made: Kept = { name, notes: [] };
  recordings.push(made);
  return made;
}

function bare(name: string): string {
  return name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : name;
}

function isLive(path: string): boolean {
  return checkSync(path, { realpath: false, lockfilePath: lockPath(path) });
}

const NOTE = isShaped({ text: isText, at: isOptional(isMoment) });
const KEPT = isShaped({ name: isText, notes: isListOf(NOTE), facts: isOptional(isRecord) });

function isCatalogue(data: unknown): data is Catalogue {
  return isShaped({ version: value => value === 1, recordings: isListOf(KEPT) })(data);
}
