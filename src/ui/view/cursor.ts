import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { NamedVerdict } from '../../core/verdict.js';
import { columnOf, type EventMark, type GraphView } from '../graph/graph.js';
import { highestLevel, LIMIT, ratioOf } from '../history/level.js';
import type { HistoryReader, ProbeCounts } from '../history/range.js';
import type { Slots } from '../history/slots.js';

/** The facts at the cursor. */
export interface CursorView {
  column: number;
  /** The stretch of time of the column. */
  from: Millis;
  to: Millis;
  counts: ProbeCounts;
  events: readonly Pick<EventMark, 'red' | 'label'>[];
  notes: readonly string[];
  /** Detectors that were above their limit, with their statistic as a multiple of it. */
  alarms: readonly { detector: string; times: number }[];
  /** Whether any detector gave a verdict. */
  judged: boolean;
}

export function cursorOf(
  at: Millis,
  graph: GraphView,
  past: HistoryReader,
  slots: Slots,
  verdicts: readonly NamedVerdict[],
): CursorView {
  const column = Math.max(0, Math.min(graph.cells - 1, columnOf(graph)(at)));
  const cell = (graph.to - graph.from) / graph.cells;
  const from = graph.from + column * cell;
  const to = from + cell;
  const levels = verdicts.map((_, detector) => highestLevel(slots, detector, from, to));
  return {
    ...{ column, from, to },
    counts: past.counts(from, to),
    events: graph.marks.filter(({ first, last }) => first <= column && column <= last),
    notes: graph.notes.filter(note => note.column === column).map(({ text }) => text),
    alarms: verdicts
      .map(({ detector }, index) => ({ detector: printable(detector), level: levels[index]! }))
      .filter(({ level }) => level > LIMIT)
      .map(({ detector, level }) => ({ detector, times: ratioOf(level) })),
    judged: levels.some(level => level > 0),
  };
}
