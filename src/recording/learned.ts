import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Frozen } from '../core/snapshot.js';
import { RecordingError, type Row, type RowData } from './format.js';

/** Keeps every line far below the reader's limit. */
const PART = 512 * 1024;
/** Nearly three thousand targets' worth; more is a trap, and no text holds much more. */
const LARGEST = 384 * 1024 * 1024;
const MOST_PARTS = LARGEST / PART;

/** What detectors and judge know, as rows; undefined where that is more than a recording keeps. */
export function packLearned(state: Frozen): Row[] | undefined {
  const json = textOf(state);
  if (json === undefined || json.length > LARGEST) return undefined;
  const packed = deflateRawSync(json, { level: 1 }).toString('base64');
  const parts = Math.ceil(packed.length / PART);
  return Array.from({ length: parts }, (_, part) => ({
    type: 'learned',
    data: { part, parts, deflate: packed.slice(part * PART, (part + 1) * PART) },
  }));
}

function textOf(state: Frozen): string | undefined {
  try {
    return JSON.stringify(state);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Puts the parts together again. */
export class LearnedParts {
  private readonly parts: string[] = [];

  /** The state once its last part is there. Throws a RecordingError for parts that don't fit together. */
  add({ part, parts, deflate }: RowData['learned']): Frozen | undefined {
    if (part === 0) this.parts.length = 0;
    if (part !== this.parts.length || part >= parts || parts > MOST_PARTS)
      throw new RecordingError(
        `part ${part} of ${parts} of what was learned came where ${this.parts.length} was due`,
      );
    this.parts.push(deflate);
    return this.parts.length === parts ? unpack(this.parts.join('')) : undefined;
  }
}

function unpack(packed: string): Frozen {
  try {
    const json = inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: LARGEST });
    return JSON.parse(json.toString());
  } catch (cause) {
    throw new RecordingError('what was learned before is damaged', undefined, { cause });
  }
}
