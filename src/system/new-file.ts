import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface NewFileOptions {
  /** Takes the place of a regular file, or of a symbolic link to one, that has the name. */
  replace?: boolean;
  /** Permissions of the file, reduced by the umask. */
  mode?: number;
}

/**
 * A file that is written for the first time. A file that it replaces stays whole until `publish`, and a symbolic link is
 * replaced itself: what it points to is never written to, since another user may have laid it there.
 */
export class NewFile {
  private constructor(
    readonly fd: number,
    private readonly path: string,
    /** Where it lies until it is published; in the same folder, because a rename does not leave the file system. */
    private readonly draft: string,
  ) {}

  /** Throws EEXIST when the name is taken and `replace` is not given, and an Error for what is no regular file. */
  static create(path: string, { replace = false, mode = 0o600 }: NewFileOptions = {}): NewFile {
    refuseSpecialFile(path);
    const draft = replace ? join(dirname(path), `.migwatch-${randomUUID()}`) : path;
    return new NewFile(openSync(draft, 'wx', mode), path, draft);
  }

  /** Gives the file its name. Call once, with all content written, or at once where readers may see it grow. */
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
