import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lockSync } from 'proper-lockfile';
import { NewFile } from '../system/new-file.js';
import { numbered } from './folder.js';

const MAX_NUMBERS = 1000;

export interface LogFileOptions {
  /** Replaces an existing file, unless another session is writing it. */
  force?: boolean;
  /** Appends the next free number if the name is taken. */
  number?: boolean;
  /** Keeps the file that it replaces until `publish`. */
  draft?: boolean;
}

/** An append-only file with a lock. A write is appended as a whole or not at all. */
export class LogFile {
  /** Bytes written. */
  size = 0;
  private syncing = false;
  private closed = false;
  private readonly fd: number;
  private readonly inode: number;
  private readonly device: number;

  private constructor(
    readonly path: string,
    private readonly file: NewFile,
    private readonly unlock: () => void,
  ) {
    this.fd = file.fd;
    const { ino, dev } = fstatSync(this.fd);
    this.inode = ino;
    this.device = dev;
  }

  /** Creates the file, mode 0600, and its folder. Throws if the file exists and may be neither replaced nor numbered. */
  static create(path: string, options: LogFileOptions = {}): LogFile {
    const { force = false, number = false, draft = false } = options;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    for (let count = 1; count <= (number ? MAX_NUMBERS : 1); count++) {
      const candidate = numbered(path, count);
      try {
        return LogFile.createOne(candidate, force, draft);
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
    const busy = force ? 'is being recorded by another session' : 'exists';
    throw new Error(`${path} ${busy}: choose another name${force ? '' : ', or add --force to replace it'}`);
  }

  private static createOne(path: string, force: boolean, draft: boolean): LogFile {
    const unlock = lock(path);
    try {
      const file = NewFile.create(path, { replace: force });
      if (!draft) file.publish();
      return new LogFile(path, file, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Writes all bytes, or throws and leaves the file as it was: no line is ever torn. */
  append(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length)
        done += writeSync(this.fd, bytes, done, bytes.length - done, this.size + done);
    } catch (error) {
      if (done > 0) ftruncateSync(this.fd, this.size);
      throw error;
    }
    this.size += done;
  }

  /** False once another program deleted, replaced or cut the file. */
  get intact(): boolean {
    const there = statSync(this.path, { throwIfNoEntry: false });
    return there?.ino === this.inode && there.dev === this.device && there.size >= this.size;
  }

  /** Starts to sync the written data to the disk; returns at once. */
  sync(failed: (error: Error) => void): void {
    if (this.syncing) return;
    this.syncing = true;
    fdatasync(this.fd, error => {
      this.syncing = false;
      if (error && error.code !== 'EBADF') failed(error); // closed meanwhile, which syncs it
    });
  }

  /** Gives a draft its name. */
  publish(): void {
    this.file.publish();
  }

  /** Removes a draft, and closes it. */
  discard(): void {
    this.closed = true;
    this.file.discard();
    this.unlock();
  }

  /** A second call does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      fdatasyncSync(this.fd);
    } finally {
      closeSync(this.fd);
      this.unlock();
    }
  }
}

/** A hidden folder beside the file. The lock of a killed session expires after ten seconds. */
export function lockPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.lock`);
}

/** Returns what unlocks, even after the lock is gone. Throws if another session holds the lock. */
function lock(path: string): () => void {
  const release = lockSync(path, {
    realpath: false,
    lockfilePath: lockPath(path),
    onCompromised: () => {}, // its folder was deleted, so there is nothing left to protect
  });
  return () => {
    try {
      release();
    } catch {
      // The lock was deleted together with its folder.
    }
  };
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EEXIST' || code === 'ELOCKED';
}
