import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import type { Millis } from '../core/sample.js';
import { openUnblocked } from './terminal.js';

/** Pause before the next write to a stopped terminal. */
const RETRY_MS: Millis = 20;

/**
 * Standard output (1) or standard error (2) as a stream whose writes never block. `writableLength` is 0 again at once
 * if the system accepted everything. Node's own stream does this for pipes and sockets; on a terminal it blocks the event
 * loop while the terminal is stopped, and it does not report a partial write to a full disk.
 */
export function standardStream(fd: 1 | 2): Writable {
  const stream = fd === 1 ? process.stdout : process.stderr;
  // Writers handle their own errors. These have other causes, such as asking a closed terminal for its size.
  stream.on('error', () => {});
  if (isatty(fd)) return new DescriptorStream(openUnblocked(fd));
  return stream instanceof Socket ? stream : new DescriptorStream(fd);
}

/** Writes to a file, or to a terminal that was opened with O_NONBLOCK. */
class DescriptorStream extends Writable {
  constructor(private readonly fd: number) {
    super();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error) => void, written = 0): void {
    let taken = written;
    try {
      while (taken < bytes.length) taken += writeSync(this.fd, bytes, taken);
      done();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') done(error as Error);
      else setTimeout(() => this._write(bytes, _encoding, done, taken), RETRY_MS);
    }
  }
}
