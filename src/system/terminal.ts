import { EventEmitter } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';

type Environment = Record<string, string | undefined>;

/** Why the full screen can't be drawn here, in words; undefined where it can. */
export function dashboardRefusal(
  env: Environment,
  stdout: { isTTY?: boolean; columns?: number },
): string | undefined {
  if (!stdout.isTTY) return 'standard output is no terminal';
  if (env.TERM === undefined || env.TERM === '') return 'TERM is not set, so the terminal is unknown';
  if (env.TERM === 'dumb') return 'a terminal of TERM=dumb cannot move its cursor';
  return undefined;
}

/** Whether the terminal's locale or its font (the Linux console has no braille) leaves us with ASCII. */
export function prefersAscii(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return !/utf-?8/i.test(locale) || /^(linux|vt\d)/.test(env.TERM ?? '');
}

/** Whether the terminal knows colours at all, and its user wants some (no-color.org: an empty NO_COLOR is none). */
export function knowsColor(env: Environment): boolean {
  return !env.NO_COLOR && !/^vt\d|-mono$|-m$/.test(env.TERM ?? '');
}

/** The terminfo entry to draw by: those of screen and tmux make blessed print line-drawing junk. */
export function terminfoName(env: Environment): string {
  const name = env.TERM ?? 'xterm';
  return /^(screen|tmux)/.test(name) ? 'xterm-256color' : name;
}

/** Keys come from the terminal even where standard input is a list of targets. */
export function openKeyboard(): ReadStream {
  if (process.stdin.isTTY) return process.stdin as unknown as ReadStream;
  return new ReadStream(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY));
}

/** How long the last words to a terminal that does not read may take. */
const FAREWELL_MS = 300;
const RETRY_MS = 5;
/** Ends a control sequence that was cut in the middle. */
const CANCEL = '\x18';

/**
 * A terminal to draw on that never blocks: what it does not take at once is kept until `flush`.
 * Whoever draws looks at `busy` first, so a terminal that stalls loses frames and later shows the newest one whole.
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

  /** Something written earlier has not been taken yet. */
  get busy(): boolean {
    return this.pending.length > 0;
  }

  write(text: string): boolean {
    const bytes = Buffer.from(text);
    this.pending = this.pending.length > 0 ? Buffer.concat([this.pending, bytes]) : bytes;
    this.flush();
    return true;
  }

  /** Hands over what the terminal takes now. */
  flush(): void {
    try {
      while (this.pending.length > 0 && !this.gone)
        this.pending = this.pending.subarray(writeSync(this.fd, this.pending));
    } catch (error) {
      // Anything but a full buffer means that the terminal was closed: nobody looks any more.
      this.gone = (error as NodeJS.ErrnoException).code !== 'EAGAIN';
    }
    if (this.gone) this.pending = new Uint8Array();
  }

  /** The size changed since `resize` was told last. */
  get resized(): boolean {
    const [columns, rows] = this.actualSize();
    return columns !== this.columns || rows !== this.rows;
  }

  /** Takes over the terminal's present size and tells it. */
  resize(): void {
    [this.columns, this.rows] = this.actualSize();
    this.emit('resize');
  }

  /** Drops what is pending, lets `farewell` write, and waits a moment for the terminal to take that. */
  end(farewell: () => void): void {
    const cut = this.busy;
    this.pending = new Uint8Array();
    if (cut) this.write(CANCEL);
    farewell();
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; this.busy && waited < FAREWELL_MS; waited += RETRY_MS) {
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

/** A standard stream's terminal, opened anew: O_NONBLOCK on the descriptor we share would change it for our parents too. */
export function openUnblocked(shared: 1 | 2): number {
  for (const path of [`/proc/self/fd/${shared}`, `/dev/fd/${shared}`, '/dev/tty']) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      if (isatty(fd)) return fd;
      closeSync(fd);
    } catch {
      // No such path here, or not ours to open: the next one.
    }
  }
  return shared;
}

/** Standard descriptors that Node found to be a terminal when it started. */
const TERMINALS = [0, 1, 2].filter(isatty);

const restorers = new Set<() => void>();

/** Remembers how to give the terminal back; the returned function does it, once. */
export function onRestore(restore: () => void): () => void {
  const once = () => {
    if (restorers.delete(once)) restore();
  };
  restorers.add(once);
  return once;
}

/** Gives the terminal back at once, whoever holds it. May be called at any time, from any handler, repeatedly. */
export function restoreTerminal(): void {
  for (const restore of [...restorers]) restore();
}

/**
 * Replaces standard descriptors that were a terminal by /dev/null, as the last deed before the process exits. Node sets a
 * terminal's attributes once more at its exit and aborts when that fails, as it does after a hangup (`node::ResetStdio`):
 * the process would die of SIGABRT or SIGSEGV and not exit with its code. `restoreTerminal` has set them already.
 */
export function releaseTerminal(): void {
  for (const fd of TERMINALS) {
    try {
      closeSync(fd);
      openSync('/dev/null', constants.O_RDWR);
    } catch {
      // Closed already, or no /dev/null here: Node leaves a closed descriptor alone too.
    }
  }
}
