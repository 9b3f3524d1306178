import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Millis } from '../core/sample.js';
import { parseRow } from './format.js';
import { checkRow } from './rows.js';

/** The end row is one of the last; a maintenance of hundreds of targets may precede it. */
const TAIL = 64 * 1024;

/** When a recording ended, as its end row says; undefined for one that was cut, or goes on. */
export function declaredEnd(path: string): Millis | undefined {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(TAIL, size));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    const text = tail.toString();
    const begin = text.lastIndexOf('\n["end",') + 1;
    if (begin === 0) return undefined;
    const line = text.slice(begin).split('\n')[0]!;
    const row = checkRow(parseRow(line) as unknown[]);
    return row.type === 'end' ? row.data.at : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}
