/** The header and the rows of a recording: their types, and the checks that a reader makes. */
import { EVENT_KINDS, type LightState, type MigrationEvent } from '../core/event.js';
import { isReport } from '../core/hypervisor/report.js';
import { type RecordedEvent, withRule } from '../core/judge/former-rules.js';
import { type Checklist, ITEM_STATES, type MaintenancePlan } from '../core/maintenance/checklist.js';
import type { Note } from '../core/note.js';
import type { Millis, TargetId } from '../core/sample.js';
import type { TargetInfo } from '../core/session-info.js';
import type { Json } from '../core/validation/saved-state.js';
import {
  isCount,
  isDuration,
  isListOf,
  isMoment,
  isNumber,
  isOneOf,
  isOptional,
  isRecord,
  isShaped,
  isText,
  isTruth,
  misfit,
  type Shape,
} from '../core/validation/shape.js';

import { isEventStream } from '../core/wire/event-stream.js';

/** The host of a recording that was made from logs: it holds no events as they were shown. */
export const IMPORTED = 'imported';

/** The first line of a recording. `recordings/README.md` explains every field. */
export interface Header {
  /** The version of migwatch. */
  tool: string;
  host: string;
  /** Where the recording begins on the session's time line. */
  startedAt: Millis;
  /** On this host, `monotonicMs` of CLOCK_MONOTONIC is `wallMs` on the time line. */
  clock: { wallMs: Millis; monotonicMs: Millis };
  plan: {
    intervalMs: Millis;
    timeoutMs: Millis;
    holdMs: Millis;
    detectors: readonly { name: string; options: Readonly<Record<string, number>> }[];
  };
  targets: readonly TargetInfo[];
}

/** The content of each type of row other than samples. */
export interface RowData {
  /** From here on, sample rows that begin with `index` are of this target and probe. */
  stream: { index: number; target: TargetId; probe: string };
  /** The state of detectors and judge at this place, for the session or for one target. */
  state: { version: number; target?: TargetId; saved: Json };
  /** The same as written by the first releases. It is no longer read. */
  learned: { part: number; parts: number; deflate: string };
  /** The event as it was shown. */
  event: MigrationEvent;
  light: LightState;
  /** Nothing was recorded for a while, of one target or of all. */
  gap: { at: Millis; until: Millis; reason: string; dropped?: number; target?: TargetId };
  /** The user reset the counts, of one target or of all. */
  reset: { at: Millis; target?: TargetId };
  /** A target was added, or its address or backend changed. */
  target: { at: Millis; info: TargetInfo };
  /** A target was removed. */
  removed: { at: Millis; target: TargetId };
  /** The user's note about a moment. */
  note: Note;
  /** From here on, these targets are expected to move: the whole list. */
  expect: { at: Millis } & MaintenancePlan;
  /** The checklist at the end of the recording: the maintenance report as it was shown. */
  maintenance: { at: Millis } & Checklist;
  end: { at: Millis; samples: number };
}

export type RowType = keyof RowData;
export type KnownRow = { [Type in RowType]: { type: Type; data: RowData[Type] } }[RowType];
/** A row of an unknown type is kept unchanged. */
export type Row = KnownRow | { type: 'unknown'; data: readonly unknown[] };

const TARGET: Shape = {
  target: isText,
  name: isText,
  address: isText,
  backend: isText,
  witnesses: isListOf(isText),
  simulated: isTruth,
  stream: isOptional(
    isShaped({
      url: isText,
      rate: isNumber,
      bufferMs: isDuration,
      startMs: isDuration,
      rebufferMs: isDuration,
    }),
  ),
  trouble: isOptional(isText),
};

/** A target as in a headless line, which has `simulated` only if it is true. */
export const isTargetLine = isShaped({ ...TARGET, simulated: isOptional(isTruth) });

export const HEADER: Shape = {
  tool: isText,
  host: isText,
  startedAt: isMoment,
  clock: isShaped({ wallMs: isMoment, monotonicMs: isNumber }),
  plan: isShaped({
    intervalMs: isDuration,
    timeoutMs: isDuration,
    holdMs: isDuration,
    detectors: isListOf(isShaped({ name: isText, options: isRecord })),
  }),
  targets: isListOf(isShaped(TARGET)),
};

const BOUNDS = isShaped({ estimate: isNumber, low: isNumber, high: isNumber });

const EVIDENCE = isListOf(
  isShaped({ witness: isText, summary: isText, value: isOptional(isNumber), unit: isOptional(isText) }),
);

const MOVE: Shape = {
  id: isText,
  sure: isTruth,
  open: isTruth,
  expected: isTruth,
  unreported: isOptional(isTruth),
  overBudget: isTruth,
  startedAt: isMoment,
  endedAt: isOptional(isMoment),
  blackoutMs: isOptional(BOUNDS),
  stuntimeMs: isOptional(isNumber),
};

const ROWS: Record<RowType, Shape> = {
  stream: { index: isCount, target: isText, probe: isText },
  state: { version: isCount, target: isOptional(isText), saved: isRecord },
  learned: { part: isCount, parts: isCount, deflate: isText },
  event: {
    id: isText,
    state: isOneOf('open', 'closed'),
    target: isText,
    kind: isOneOf(...EVENT_KINDS),
    rule: isOptional(isText),
    red: isOptional(isTruth),
    startedAt: isMoment,
    endedAt: isOptional(isMoment),
    detectedAt: isMoment,
    blackoutMs: isOptional(BOUNDS),
    freezeMs: isOptional(isNumber),
    unreachableMs: isOptional(isNumber),
    stuntimeMs: isOptional(isNumber),
    expected: isOptional(isTruth),
    confidence: isNumber,
    evidence: EVIDENCE,
    against: isOptional(EVIDENCE),
    reported: isOptional(isReport),
    stream: isOptional(isEventStream),
  },
  light: { target: isText, light: isOneOf('green', 'amber', 'red'), at: isMoment, why: isText },
  gap: {
    at: isMoment,
    until: isMoment,
    reason: isText,
    dropped: isOptional(isCount),
    target: isOptional(isText),
  },
  reset: { at: isMoment, target: isOptional(isText) },
  target: { at: isMoment, info: isShaped(TARGET) },
  removed: { at: isMoment, target: isText },
  note: { at: isMoment, text: isText, target: isOptional(isText) },
  expect: { at: isMoment, targets: isListOf(isText), budgetMs: isOptional(isDuration) },
  maintenance: {
    at: isMoment,
    budgetMs: isOptional(isDuration),
    items: isListOf(
      isShaped({ target: isText, state: isOneOf(...ITEM_STATES), moves: isListOf(isShaped(MOVE)) }),
    ),
    ...{ expected: isCount, moved: isCount, moving: isCount },
    ...{ twice: isCount, unexpected: isCount, overBudget: isCount },
    unreported: isOptional(isCount),
  },
  end: { at: isMoment, samples: isCount },
};

/** The row, checked. Throws a RangeError if a row of a known type has missing or wrong fields. */
export function checkRow(row: readonly unknown[]): Row {
  const [type, data] = row;
  if (typeof type !== 'string') throw new RangeError('a row must begin with a number or a word');
  if (!Object.hasOwn(ROWS, type)) return { type: 'unknown', data: row };
  if (!isRecord(data)) throw new RangeError(`a row "${type}" must hold an object`);
  const wrong = misfit(data as object, ROWS[type as RowType]);
  if (wrong) throw new RangeError(`the field "${wrong}" of a row "${type}" is missing or of the wrong type`);
  // Events of the first releases have no rule.
  return { type, data: type === 'event' ? withRule(data as RecordedEvent) : data } as KnownRow;
}
