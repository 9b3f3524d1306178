import { isNestedTooDeep } from '../core/format/nesting.js';
import { safeJson } from '../core/format/safe-json.js';
import { isRecord, misfit } from '../core/validation/shape.js';
import { HEADER, type Header, type Row } from './rows.js';

const FORMAT = 'migwatch-recording';
/** The version that this build writes, and the only one that it reads. */
const VERSION = 1;

/** A recording can't be read. The message names the line. */
export class RecordingError extends Error {
  override name = 'RecordingError';

  constructor(
    message: string,
    readonly line?: number,
    options?: ErrorOptions,
  ) {
    super(line === undefined ? message : `line ${line}: ${message}`, options);
  }
}

/** One line, its end included. */
export function encodeHeader(header: Header): string {
  return `${safeJson({ format: FORMAT, version: VERSION, ...header })}\n`;
}

/** Throws a RecordingError for a line that is not the header of a recording of this version. */
export function decodeHeader(line: string): Header {
  const header = parseHeader(line) as Record<string, unknown>;
  if (!isRecord(header) || header.format !== FORMAT)
    throw new RecordingError(
      'this is not a recording of migwatch: the first line does not name its format',
      1,
    );
  if (header.version !== VERSION)
    throw new RecordingError(
      `the recording has format version ${JSON.stringify(header.version) ?? 'none'}, and this migwatch reads version ${VERSION}: ` +
        'use the release that wrote it or a newer one',
      1,
    );
  const wrong = misfit(header, HEADER);
  if (wrong) throw new RecordingError(`the header's field "${wrong}" is missing or of the wrong type`, 1);
  const { format, version, ...rest } = header;
  return rest as unknown as Header;
}

/** The longest line of a recording, in bytes. */
export const MAX_LINE = 4 * 1024 * 1024;

const NESTED = 'arrays and objects are nested more than 100 deep';

/** One line, its end included; it may be longer than MAX_LINE. */
export function safeLine(value: unknown): string {
  return `${safeJson(value)}\n`;
}

/** Whether a line is not longer than MAX_LINE. */
export function isLine(line: string): boolean {
  return 3 * line.length < MAX_LINE || Buffer.byteLength(line) < MAX_LINE;
}

/** One line, its end included. Throws a RangeError if it is longer than MAX_LINE, or nested too deep. */
export function encodeLine(value: unknown): string {
  const line = safeLine(value);
  if (isNestedTooDeep(line)) throw new RangeError(NESTED);
  if (isLine(line)) return line;
  throw new RangeError(`a row of ${Buffer.byteLength(line)} bytes is longer than ${MAX_LINE}`);
}

/** One line, its end included. Throws a RangeError if it is longer than MAX_LINE. */
export function encodeRow(row: Row): string {
  return encodeLine(row.type === 'unknown' ? row.data : [row.type, row.data]);
}

/** The value of a row's line. Throws a RangeError for a line that is not JSON, or nested too deep. */
export function parseRow(line: string): unknown {
  if (isNestedTooDeep(line)) throw new RangeError(NESTED);
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RangeError('this is not JSON', { cause });
  }
}

function parseHeader(line: string): unknown {
  try {
    return parseRow(line);
  } catch (cause) {
    throw new RecordingError(`this is not a recording of migwatch: ${(cause as Error).message}`, 1, {
      cause,
    });
  }
}
