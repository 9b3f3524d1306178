import { defaultChoices } from '../../detectors/index.js';
import { eventLine } from '../core/format/event-line.js';
import { sampleLine } from '../core/format/json-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import { EventList } from '../recording/event-list.js';
import { type Entry, isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import type { KnownRow } from '../recording/rows.js';
import { SessionEngine } from '../session/engine.js';

/** The few rows that say what happened besides the samples. */
const EXPORTED_ROWS = ['gap', 'reset', 'target', 'note', 'expect'] as const;
const MAX_ROWS = 100_000;
/** Characters of one write. */
const BATCH = 64 * 1024;

/**
 * A recording as one JSON document, written piece by piece: samples and events have the fields of the headless lines,
 * all other moments are texts too. `recorded` are the events as they were shown, `events` those that the default detectors
 * give now.
 */
export async function exportJson(
  reader: RecordingReader,
  write: (text: string) => void,
  progress?: (share: number) => void,
): Promise<void> {
  const { startedAt, ...header } = reader.header;
  const engine = new SessionEngine(defaultChoices(), header.plan.holdMs);
  const [recorded, events] = [new EventList(), new EventList()];
  const kept: KnownRow[] = [];
  let text = `{"type":"export","header":${safeJson({ ...header, startedAt: utc(startedAt) })},\n"samples":[`;
  let separator = '\n';
  const take = (entry: Entry) => {
    for (const event of engine.take(entry)?.events ?? []) events.add(event);
    if (isSample(entry)) {
      text += separator + safeJson(sampleLine(entry));
      separator = ',\n';
      if (text.length < BATCH) return;
      write(text);
      text = '';
    } else if (entry.type === 'event') recorded.add(entry.data);
    else if (EXPORTED_ROWS.includes(entry.type as (typeof EXPORTED_ROWS)[number]) && kept.length < MAX_ROWS)
      kept.push(entry as KnownRow);
  };
  await readThrough(reader, take, progress);
  const rows = kept.map(({ type, data }) => ({ type, ...withTexts(data) }));
  const list = (items: readonly object[]) => `[${items.map(item => `\n${safeJson(item)}`).join(',')}]`;
  write(
    `${text}],\n"recorded":${list(recorded.all().map(eventLine))},\n"events":${list(events.all().map(eventLine))},\n` +
      `"rows":${list(rows)},\n"ending":${safeJson(reader.ending!)}}\n`,
  );
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
