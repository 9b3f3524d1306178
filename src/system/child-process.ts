/** Shared by all code that starts child processes: how to end one, and how it ended. */
import type { Readable } from 'node:stream';
import type { Millis } from '../core/sample.js';

/** Sends a signal to a child that was started detached, and to all its children. Does nothing if they are gone. */
export function signalGroup({ pid }: { pid?: number | undefined }, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}

interface Ending {
  /** Asks the child to end, such as by SIGTERM. */
  ask(): void;
  /** Ends the child at once, by SIGKILL. */
  kill(): void;
  /** Resolves when the child is gone. */
  gone: Promise<unknown>;
}

/** Asks a child to end, and kills it if it is still there after `timeoutMs`. Resolves when it is gone. */
export async function endChild({ ask, kill, gone }: Ending, timeoutMs: Millis): Promise<void> {
  const timer = setTimeout(kill, timeoutMs);
  ask();
  await gone;
  clearTimeout(timer);
}

/** How a child ended, in words: the signal, or its exit code. */
export function howEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ?? `exit code ${code}`;
}

/**
 * Reads a child's stream to its end. The returned function gives the last `max` characters so far. The stream is null if
 * the system has no free file descriptors: spawn then returns a child without pipes, and an error.
 */
export function tailOf(stream: Readable | null, max: number): () => string {
  let tail = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-max);
  });
  return () => tail;
}
