import { EVENT_KINDS, type LightState, type MigrationEvent } from '../core/event.js';
import { isNestedTooDeep } from '../core/format/nesting.js';
import { safeJson } from '../core/format/safe-json.js';
import { type RecordedEvent, withRule } from '../core/judge/former-rules.js';
import { type Checklist, ITEM_STATES, type MaintenancePlan } from '../core/maintenance/checklist.js';
import type { Note } from '../core/note.js';
import type { Millis, TargetId } from '../core/sample.js';
import type { TargetInfo } from '../core/session.js';
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
} from '../core/shape.js';
import type { Json } from '../core/state.js';

const FORMAT = 'migwatch-recording';
/** What this build writes, and the only one it reads. */
const VERSION = 1;

/** The host of a recording that was made from logs: nobody watched, so nothing was shown. */
export const IMPORTED = 'imported';

/** The first line of a recording. `recordings/README.md` tells every field. */
export interface Header {
  /** Of migwatch. */
  tool: string;
  host: string;
  /** Where the recording begins on the session's time line. */
  startedAt: Millis;
  /** At `monotonicMs` on this host's CLOCK_MONOTONIC the time line said `wallMs`. */
  clock: { wallMs: Millis; monotonicMs: Millis };
  plan: {
    intervalMs: Millis;
    timeoutMs: Millis;
    holdMs: Millis;
    detectors: readonly { name: string; options: Readonly<Record<string, number>> }[];
  };
  targets: readonly TargetInfo[];
}

/** What each type of row that is no sample holds. */
export interface RowData {
  /** From here on, sample rows that begin with `index` are of this target and probe. */
  stream: { index: number; target: TargetId; probe: string };
  /** What detectors and judge knew at this place, of the session or of one target. */
  state: { version: number; target?: TargetId; saved: Json };
  /** The same as the first releases wrote it. It is not read any more. */
  learned: { part: number; parts: number; deflate: string };
  /** As it was shown. */
  event: MigrationEvent;
  light: LightState;
  /** Nothing was recorded for a while. */
  gap: { at: Millis; until: Millis; reason: string; dropped?: number };
  /** The user asked to count anew, for one target or for all. */
  reset: { at: Millis; target?: TargetId };
  /** A target came, or its address or backend changed. */
  target: { at: Millis; info: TargetInfo };
  /** A target is watched no more. */
  removed: { at: Millis; target: TargetId };
  /** The user's words about a moment. */
  note: Note;
  /** From here on these targets are going to move: the whole list. */
  expect: { at: Millis } & MaintenancePlan;
  /** How the list stood when the recording ended: the maintenance report as it was shown. */
  maintenance: { at: Millis } & Checklist;
  end: { at: Millis; samples: number };
}

export type RowType = keyof RowData;
export type KnownRow = { [Type in RowType]: { type: Type; data: RowData[Type] } }[RowType];
/** A row of a type that this build does not know is kept as it is. */
export type Row = KnownRow | { type: 'unknown'; data: readonly unknown[] };

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

/** A target as a headless line tells it, which names `simulated` only where it is. */
export const isTargetLine = isShaped({ ...TARGET, simulated: isOptional(isTruth) });

const HEADER: Shape = {
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

const MOVE: Shape = {
  id: isText,
  sure: isTruth,
  open: isTruth,
  expected: isTruth,
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
    stuntimeMs: isOptional(isNumber),
    expected: isOptional(isTruth),
    confidence: isNumber,
    evidence: isListOf(
      isShaped({ witness: isText, summary: isText, value: isOptional(isNumber), unit: isOptional(isText) }),
    ),
  },
  light: { target: isText, light: isOneOf('green', 'amber', 'red'), at: isMoment, why: isText },
  gap: { at: isMoment, until: isMoment, reason: isText, dropped: isOptional(isCount) },
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
  },
  end: { at: isMoment, samples: isCount },
};

/** One line, its end included. */
export function encodeHeader(header: Header): string {
  return `${safeJson({ format: FORMAT, version: VERSION, ...header })}\n`;
}

/** Throws a RecordingError for what is no recording, or one of another version. */
export function decodeHeader(line: string): Header {
  const header = parse(line) as Record<string, unknown>;
  if (!isRecord(header) || header.format !== FORMAT)
    throw new RecordingError('this is no recording of migwatch, whose first line names its format', 1);
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

/** No line of a recording is longer, in bytes. */
export const MAX_LINE = 4 * 1024 * 1024;

const NESTED = 'arrays and objects are nested more than 100 deep';

/** A line that may be longer than a recording takes. */
export function safeLine(value: unknown): string {
  return `${safeJson(value)}\n`;
}

export function isLine(line: string): boolean {
  return 3 * line.length < MAX_LINE || Buffer.byteLength(line) < MAX_LINE;
}

/** One line, its end included. Throws a RangeError for one that is longer or nested deeper than a reader takes. */
export function encodeLine(value: unknown): string {
  const line = safeLine(value);
  if (isNestedTooDeep(line)) throw new RangeError(NESTED);
  if (isLine(line)) return line;
  throw new RangeError(`a row of ${Buffer.byteLength(line)} bytes is longer than ${MAX_LINE}`);
}

/** One line, its end included. Throws a RangeError for one that is longer than a reader takes. */
export function encodeRow(row: Row): string {
  return encodeLine(row.type === 'unknown' ? row.data : [row.type, row.data]);
}

/** Throws a RangeError for a row of a known type that is not of its shape. */
export function checkRow(row: readonly unknown[]): Row {
  const [type, data] = row;
  if (typeof type !== 'string') throw new RangeError('a row begins with a number or a word');
  if (!Object.hasOwn(ROWS, type)) return { type: 'unknown', data: row };
  if (!isRecord(data)) throw new RangeError(`a row "${type}" holds an object`);
  const wrong = misfit(data as object, ROWS[type as RowType]);
  if (wrong) throw new RangeError(`the field "${wrong}" of a row "${type}" is missing or of the wrong type`);
  // Events of the first releases name no rule.
  return { type, data: type === 'event' ? withRule(data as RecordedEvent) : data } as KnownRow;
}

/** The value of a row's line. Throws a RangeError for what is no JSON, or nested too deep. */
export function parseRow(line: string): unknown {
  if (isNestedTooDeep(line)) throw new RangeError(NESTED);
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RangeError('this is no JSON', { cause });
  }
}

function parse(line: string): unknown {
  if (isNestedTooDeep(line)) throw new RecordingError(NESTED, 1);
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RecordingError('this is no recording of migwatch: its first line is no JSON', 1, { cause });
  }
}
