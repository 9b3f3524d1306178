import type { MigrationEvent } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import { columnOf } from '../graph/graph.js';
import type { TimeWindow } from '../graph/window.js';
import type { WitnessReader } from '../history/witnesses.js';

/** The marks of one witness around an event. */
export interface MarkRow {
  witness: string;
  columns: readonly number[];
  /** `5 RARP, 1 gratuitous ARP`. */
  summary: string;
}

/** The share of its length that is shown before and after an event, and the least. */
const BEFORE = { share: 0.3, minMs: 150 };
const AFTER = { share: 0.5, minMs: 300 };
/** A hypervisor's series of announcements takes 0.8 s, and may begin late. */
const ANNOUNCED_WITHIN_MS = 1500;
const MARGIN_MS = 50;

/** The stretch of time that shows an event, with the announcements that follow it. */
export function windowAround(
  event: MigrationEvent,
  marks: WitnessReader['marks'],
  now: Millis,
): Pick<TimeWindow, 'from' | 'to'> {
  const { startedAt } = event;
  const end = startedAt + lengthOf(event, now);
  let last = end;
  marks.since(startedAt, at => {
    if (at <= end + ANNOUNCED_WITHIN_MS) last = Math.max(last, at + MARGIN_MS);
  });
  const length = end - startedAt;
  return {
    from: startedAt - Math.max(BEFORE.minMs, BEFORE.share * length),
    to: Math.max(last, end + Math.max(AFTER.minMs, AFTER.share * length)),
  };
}

/** From the first sign until the target answered as before, or until `now`. */
function lengthOf(event: MigrationEvent, now: Millis): Millis {
  const { startedAt, endedAt, detectedAt, unreachableMs = 0, stuntimeMs = 0 } = event;
  const end = endedAt ?? Math.max(detectedAt, now);
  return Math.max(1, end - startedAt, unreachableMs, stuntimeMs);
}

/** The marks in a window, a row for each witness. */
export function markRowsOf(marks: WitnessReader['marks'], window: TimeWindow): MarkRow[] {
  const rows = new Map<string, { columns: Set<number>; counts: Map<string, number> }>();
  const column = columnOf(window);
  marks.since(window.from, (at, { row, word }) => {
    if (at >= window.to) return;
    const found = rows.get(row) ?? { columns: new Set(), counts: new Map() };
    found.columns.add(column(at));
    found.counts.set(word, (found.counts.get(word) ?? 0) + 1);
    rows.set(row, found);
  });
  return [...rows].map(([witness, { columns, counts }]) => ({
    witness: printable(witness),
    columns: [...columns].sort((a, b) => a - b),
    summary: [...counts].map(([word, count]) => `${count} ${printable(word)}`).join(', '),
  }));
}
