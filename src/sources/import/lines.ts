import { checkInput, type LogBytes, openLog } from './log-bytes.js';

const CHUNK = 64 * 1024;
/** A longer line is not from a log. */
const MAX_LINE = 64 * 1024;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

export interface LogLine {
  /** From 1. */
  number: number;
  text: string;
  /** Bytes of the file up to the line's end. */
  read: number;
}

/**
 * The lines of a file, which may be compressed, or of standard input for `-`, in constant memory. Throws if a line is too long
 * for a log.
 */
export function* linesOf(path: string): Generator<LogLine> {
  const file = openLog(path);
  try {
    yield* split(file, path);
  } finally {
    file.close();
  }
}

function* split(file: LogBytes, path: string): Generator<LogLine> {
  const buffer = Buffer.alloc(CHUNK + MAX_LINE);
  let filled = 0;
  let number = 0;
  let read = 0;
  for (;;) {
    const count = file.read(buffer, filled, CHUNK);
    filled += count;
    if (number === 0) checkInput(path, buffer.subarray(0, filled));
    let start = number === 0 && buffer.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
    for (let end = lineEnd(buffer, start, filled); end >= 0; end = lineEnd(buffer, start, filled)) {
      read += end + 1 - start;
      yield { number: ++number, text: textOf(buffer, start, end), read };
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled);
    filled -= start;
    if (filled >= MAX_LINE)
      throw new RangeError(
        `${path}: line ${number + 1} is longer than ${MAX_LINE} bytes, so this is not a log`,
      );
    if (count > 0) continue;
    if (filled > 0) yield { number: number + 1, text: textOf(buffer, 0, filled), read: read + filled };
    return;
  }
}

function lineEnd(buffer: Buffer, start: number, filled: number): number {
  const end = buffer.indexOf(NEWLINE, start);
  return end < filled ? end : -1;
}

function textOf(buffer: Buffer, start: number, end: number): string {
  return buffer.toString('utf8', start, buffer[end - 1] === CARRIAGE_RETURN && end > start ? end - 1 : end);
}
