import { EventEmitter } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';

type Environment = Record<string, string | undefined>;

/** The reason why the full screen can't be drawn; undefined if it can. */
export function dashboardRefusal(
  env: Environment,
  stdout: { isTTY?: boolean; columns?: number },
): string | undefined {
  if (!stdout.isTTY) return 'standard output is not a terminal';
  if (env.TERM === undefined || env.TERM === '') return 'TERM is not set, so the type of terminal is unknown';
  if (env.TERM === 'dumb') return 'a terminal of TERM=dumb cannot move its cursor';
  return undefined;
}

/** Whether to draw in ASCII, because of the locale or the font (the Linux console has no braille). */
export function prefersAscii(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return !/utf-?8/i.test(locale) || /^(linux|vt\d)/.test(env.TERM ?? '');
}

/** Whether the terminal has colours and the user wants them (no-color.org: an empty NO_COLOR does not count). */
export function supportsColor(env: Environment): boolean {
  return !env.NO_COLOR && !/^vt\d|-mono$|-m$/.test(env.TERM ?? '');
}

/** The terminfo entry to use: with those of screen and tmux, blessed prints wrong line-drawing characters. */
export function terminfoName(env: Environment): string {
  const name = env.TERM ?? 'xterm';
  return /^(screen|tmux)/.test(name) ? 'xterm-256color' : name;
}

/** The terminal to read keys from, even if standard input is a list of targets. */
export function openKeyboard(): ReadStream {
  if (process.stdin.isTTY) return process.stdin as unknown as ReadStream;
  return new ReadStream(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY));
}

/** Time for a stalled terminal to accept the last output. */
const END_TIMEOUT_MS = 300;
const RETRY_MS = 5;
/** Ends a control sequence that was cut in the middle. */
const CANCEL = '\x18';

/**
 * A terminal to draw on that never blocks: what it does not accept at once is kept until `flush`.
 * A caller checks `busy` before it draws, so a terminal that stalls loses frames and later shows the newest one whole.
 */
export class TerminalOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  private readonly fd = openUnblocked(1);
  private pending: Uint8Array = new Uint8Array();
  private gone = false;

  constructor(private readonly stdout: NodeJS.WriteStream) {
    super();
    [this.columns, this.rows] = this.actualSize();
  }

  /** The terminal has not yet accepted all earlier output. */
  get busy(): boolean {
    return this.pending.length > 0;
  }

  write(text: string): boolean {
    const bytes = Buffer.from(text);
    this.pending = this.pending.length > 0 ? Buffer.concat([this.pending, bytes]) : bytes;
    this.flush();
    return true;
  }

  /** Writes as much as the terminal accepts now. */
  flush(): void {
    try {
      while (this.pending.length > 0 && !this.gone)
        this.pending = this.pending.subarray(writeSync(this.fd, this.pending));
    } catch (error) {
      // Any error but a full buffer means that the terminal was closed.
      this.gone = (error as NodeJS.ErrnoException).code !== 'EAGAIN';
    }
    if (this.gone) this.pending = new Uint8Array();
  }

  /** The size changed since the last `resize`. */
  get resized(): boolean {
    const [columns, rows] = this.actualSize();
    return columns !== this.columns || rows !== this.rows;
  }

  /** Adopts the terminal's present size and emits `resize`. */
  resize(): void {
    [this.columns, this.rows] = this.actualSize();
    this.emit('resize');
  }

  /** Drops pending output, lets `writeLast` write, and waits a moment for the terminal to accept that. */
  end(writeLast: () => void): void {
    const wasCut = this.busy;
    this.pending = new Uint8Array();
    if (wasCut) this.write(CANCEL);
    writeLast();
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; this.busy && waited < END_TIMEOUT_MS; waited += RETRY_MS) {
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
      this.flush();
    }
    this.gone = true;
    if (this.fd > 2) closeSync(this.fd);
  }

  /** The size that the terminal has now; `columns` and `rows` follow at `resize`. */
  actualSize(): [columns: number, rows: number] {
    return [this.stdout.columns || 80, this.stdout.rows || 24];
  }
}

/** Opens the terminal of a standard stream again: O_NONBLOCK on the shared descriptor would affect our parents too. */
export function openUnblocked(shared: 1 | 2): number {
  for (const path of [`/proc/self/fd/${shared}`, `/dev/fd/${shared}`, '/dev/tty']) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      if (isatty(fd)) return fd;
      closeSync(fd);
    } catch {
      // No such path, or no permission: try the next one.
    }
  }
  return shared;
}

/** Standard descriptors that Node found to be a terminal when it started. */
const TERMINALS = [0, 1, 2].filter(isatty);

const restorers = new Set<() => void>();

/** Registers how to restore the terminal; the returned function does it, once. */
export function onRestore(restore: () => void): () => void {
  const once = () => {
    if (restorers.delete(once)) restore();
  };
  restorers.add(once);
  return once;
}

/** Restores the terminal at once. May be called at any time, from any handler, repeatedly. */
export function restoreTerminal(): void {
  for (const restore of [...restorers]) restore();
}

/**
 * Replaces standard descriptors that were a terminal by /dev/null, as the last step before the process exits. Node sets a
 * terminal's attributes again at exit and aborts if that fails, as it does after a hangup (`node::ResetStdio`):
 * the process would end by SIGABRT or SIGSEGV instead of with its exit code. `restoreTerminal` has set them already.
 */
export function releaseTerminal(): void {
  for (const fd of TERMINALS) {
    try {
      closeSync(fd);
      openSync('/dev/null', constants.O_RDWR);
    } catch {
      // Already closed, or no /dev/null: Node ignores a closed descriptor too.
    }
  }
}
