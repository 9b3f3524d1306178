import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationEvent } from '../../core/event.js';
import { type Destination, openDestination } from '../../output/destination.js';
import { ownName, recordingsFolder } from '../../recording/folder.js';

/** The most pages of one event: it may change, and no file is overwritten. */
const MAX_PAGES = 99;

/** Writes the pages of events as text files into the folder of recordings. */
export class EventPages {
  /** Messages for the end of the session. */
  readonly closingLines: string[] = [];

  constructor(
    private readonly folder: string | undefined,
    private readonly say: (text: string) => void,
  ) {}

  /** Reports the path, or why nothing was written. */
  async write({ target, startedAt, kind }: MigrationEvent, text: string): Promise<void> {
    try {
      const folder = recordingsFolder(this.folder);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const name = ownName(startedAt, target).replace(/\.jsonl$/, `-${kind}`);
      const { path, file } = openPage(join(folder, name));
      await file.fill(write => write(text));
      this.report(`the page of the event is in ${path}`);
    } catch (error) {
      this.report(`the page of the event could not be written: ${(error as Error).message}`);
    }
  }

  private report(text: string): void {
    this.closingLines.push(text);
    this.say(text);
  }
}

/** A file of that name, with a number if it is taken. Throws an Error if none can be created. */
function openPage(base: string, number = 1): { path: string; file: Destination } {
  const path = `${base}${number === 1 ? '' : `-${number}`}.txt`;
  try {
    return { path, file: openDestination(path) };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code !== 'EEXIST' || number === MAX_PAGES) throw error;
    return openPage(base, number + 1);
  }
}
