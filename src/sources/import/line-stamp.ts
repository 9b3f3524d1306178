import type { Millis } from '../../core/sample.js';
import { readTime } from './series-fields.js';

const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`;
const UNIX = String.raw`\d{9,10}\.\d{1,9}`;
const DAY_FIRST = String.raw`\d\d?[./]\d\d?[./]\d{4} \d\d?:\d\d:\d\d(?:[.,]\d{1,9})?`;
const STAMPED = new RegExp(`^\\[?(?<time>${ISO}|${UNIX}|${DAY_FIRST})\\]?(?: ?[-:|,;])? +(?<rest>.*)$`);

/**
 * A line after the stamp that another program put before it, such as `ts`, PowerShell or a logger, and the stamp's moment.
 * Without a zone it is UTC. Undefined for a line without such a stamp.
 */
export function withStamp(text: string): { stampMs: Millis; rest: string } | undefined {
  const { time, rest } = STAMPED.exec(text)?.groups ?? {};
  const stampMs = time === undefined ? undefined : readTime(time);
  return stampMs === undefined ? undefined : { stampMs, rest: rest! };
}
