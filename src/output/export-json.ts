import { defaultChoices } from '../../detectors/index.js';
import { eventLine } from '../core/format/event-line.js';
import { sampleLine } from '../core/format/json-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import { ObservedSpan } from '../evaluation/coverage.js';
import { EventList } from '../recording/event-list.js';
import { type Entry, isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import type { KnownRow, Row } from '../recording/rows.js';
import { EVERYTHING, holdsSample, holdsSpan, type Selection } from '../recording/selection.js';
import { SessionEngine } from '../session/engine.js';

/** The few rows that say what happened besides the samples. */
const EXPORTED_ROWS = ['gap', 'reset', 'target', 'note', 'expect'] as const;
const MAX_ROWS = 100_000;
/** Characters of one write. */
const BATCH = 64 * 1024;

/**
 * A recording as one JSON document, written piece by piece: samples and events have the fields of the headless lines,
 * all other moments are texts too. `recorded` are the events as they were shown, `events` those that the default detectors
 * give now. `observed` says for how long each target was probed. Of the whole, it holds what is selected.
 */
export async function exportJson(
  reader: RecordingReader,
  write: (text: string) => void,
  selection: Selection = EVERYTHING,
  progress?: (share: number) => void,
): Promise<void> {
  const { startedAt, ...header } = reader.header;
  const engine = new SessionEngine(defaultChoices(), header.plan.holdMs);
  const [recorded, events] = [new EventList(), new EventList()];
  const kept: KnownRow[] = [];
  const span = new ObservedSpan(header.plan);
  const part = selection === EVERYTHING ? '' : `"selection":${safeJson(selectionLine(selection))},\n`;
  let text = `{"type":"export","header":${safeJson({ ...header, startedAt: utc(startedAt) })},\n${part}"samples":[`;
  let separator = '\n';
  const take = (entry: Entry) => {
    for (const event of engine.take(entry)?.events ?? []) events.add(event);
    if (isSample(entry)) {
      if (!holdsSample(selection, entry)) return;
      span.take(entry);
      text += separator + safeJson(sampleLine(entry));
      separator = ',\n';
      if (text.length < BATCH) return;
      write(text);
      text = '';
    } else if (entry.type === 'event') recorded.add(entry.data);
    else if (isExported(entry) && holdsRow(selection, entry) && kept.length < MAX_ROWS) kept.push(entry);
  };
  await readThrough(reader, take, progress);
  const rows = kept.map(({ type, data }) => ({ type, ...withTexts(data) }));
  const shown = (all: EventList) =>
    all
      .all()
      .filter(event => holdsSpan(selection, event))
      .map(eventLine);
  const list = (items: readonly object[]) => `[${items.map(item => `\n${safeJson(item)}`).join(',')}]`;
  write(
    `${text}],\n"recorded":${list(shown(recorded))},\n"events":${list(shown(events))},\n` +
      `"observed":${list(span.targets())},\n"rows":${list(rows)},\n"ending":${safeJson(reader.ending!)}}\n`,
  );
}

/** What was chosen; absent fields are not limited. */
function selectionLine({ event, from, to, targets }: Selection): object {
  return {
    ...(event !== undefined && { event }),
    ...(from !== -Infinity && { from: utc(from) }),
    ...(to !== Infinity && { to: utc(to) }),
    ...(targets && { targets: [...targets] }),
  };
}

type ExportedRow = Extract<KnownRow, { type: (typeof EXPORTED_ROWS)[number] }>;

function isExported(row: Row): row is ExportedRow {
  return (EXPORTED_ROWS as readonly string[]).includes(row.type);
}

function holdsRow(selection: Selection, { type, data }: ExportedRow): boolean {
  const endedAt = type === 'gap' ? data.until : data.at;
  const target = type === 'target' ? data.info.target : type === 'expect' ? undefined : data.target;
  return holdsSpan(selection, { startedAt: data.at, endedAt, ...(target !== undefined && { target }) });
}

/** The object with its moments as texts, as in all output for other programs. */
function withTexts(data: object): object {
  const moments = ['at', 'until'];
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      moments.includes(key) && typeof value === 'number' ? utc(value) : value,
    ]),
  );
}
