import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface NewFileOptions {
  /** Replace a regular file of that name, or a symbolic link to one. */
  replace?: boolean;
  /** Permissions of the file, reduced by the umask. */
  mode?: number;
}

/**
 * A file that is written for the first time. A file that it replaces stays whole until `publish`, and a symbolic link is
 * replaced itself: its target is never written to, since another user may have made the link.
 */
export class NewFile {
  private constructor(
    readonly fd: number,
    private readonly path: string,
    /** The path until it is published, in the same folder, because a rename works only within a file system. */
    private readonly draft: string,
  ) {}

  /** Throws EEXIST if the name is taken and `replace` is not set, and an Error for what is not a regular file. */
  static create(path: string, { replace = false, mode = 0o600 }: NewFileOptions = {}): NewFile {
    refuseSpecialFile(path);
    const draft = replace ? join(dirname(path), `.migwatch-${randomUUID()}`) : path;
    return new NewFile(openSync(draft, 'wx', mode), path, draft);
  }

  /** Gives the file its name. Call once, with all content written, or at once if readers may see it grow. */
  publish(): void {
    if (this.draft !== this.path) renameSync(this.draft, this.path);
  }

  /** Removes the file instead of publishing it. */
  discard(): void {
    closeSync(this.fd);
    rmSync(this.draft, { force: true });
  }
}

/** A device or a pipe must not be removed by a rename, and a document written into one may do harm. */
function refuseSpecialFile(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new Error(`${path} is not a regular file: choose another name`);
}
