import type { WireStream } from '../../src/core/wire/stream.js';
import type { InputFile } from '../../src/system/input-file.js';
import { Assembly } from './assembly.js';
import { CaptureError } from './capture/frame.js';
import { CaptureReader } from './capture/reader.js';
import type { StreamOptions } from './streams.js';

const CHUNK = 256 * 1024;

/** What a capture file had besides its streams. */
export interface FileReport {
  frames: number;
  remarks: readonly string[];
  /** Why it could not be read to its end. */
  error?: CaptureError;
}

/** Reports the streams of a capture file, each when it is over. A damaged file is read up to the damage. */
export function readCaptureFile(
  file: InputFile,
  options: StreamOptions,
  report: (stream: WireStream) => void,
): FileReport {
  const assembly = new Assembly(options, report);
  const error = readAll(file, new CaptureReader(assembly));
  assembly.end();
  return { frames: assembly.frames, remarks: assembly.remarks, ...(error && { error }) };
}

function readAll(file: InputFile, reader: CaptureReader): CaptureError | undefined {
  const buffer = Buffer.alloc(CHUNK);
  try {
    for (let count = file.read(buffer, 0, CHUNK); count > 0; count = file.read(buffer, 0, CHUNK))
      reader.push(buffer.subarray(0, count));
    reader.end();
    return undefined;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}
