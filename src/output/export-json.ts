import { defaultChoices } from '../../detectors/index.js';
import { eventLine } from '../core/format/event-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import { EventList } from '../recording/event-list.js';
import type { KnownRow } from '../recording/format.js';
import { type Entry, isSample, type RecordingReader, readThrough } from '../recording/reader.js';
import { SessionEngine } from '../session/engine.js';
import { sampleLine } from './lines.js';

/** Rows that tell what happened beside the samples, and are few. */
const KEPT = ['gap', 'reset', 'target', 'note', 'expect'] as const;
const MAX_KEPT = 100_000;
/** Characters that are written at once. */
const BATCH = 64 * 1024;

/**
 * A recording as one JSON document, written piece by piece: samples and events have the fields of the headless lines,
 * all other moments are texts too. `recorded` are the events as they were shown, `events` as the defaults judge now.
 */
export async function exportJson(
  reader: RecordingReader,
  write: (text: string) => void,
  progress?: (share: number) => void,
): Promise<void> {
  const { startedAt, ...header } = reader.header;
  const judging = new SessionEngine(defaultChoices(), header.plan.holdMs);
  const [recorded, events] = [new EventList(), new EventList()];
  const kept: KnownRow[] = [];
  let text = `{"type":"export","header":${safeJson({ ...header, startedAt: utc(startedAt) })},\n"samples":[`;
  let separator = '\n';
  const take = (entry: Entry) => {
    for (const event of judging.take(entry)?.events ?? []) events.add(event);
    if (isSample(entry)) {
      text += separator + safeJson(sampleLine(entry));
      separator = ',\n';
      if (text.length < BATCH) return;
      write(text);
      text = '';
    } else if (entry.type === 'event') recorded.add(entry.data);
    else if (KEPT.includes(entry.type as (typeof KEPT)[number]) && kept.length < MAX_KEPT)
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

/** Moments as texts, like everywhere in what others read. */
function withTexts(data: object): object {
  const moments = ['at', 'until'];
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      moments.includes(key) && typeof value === 'number' ? utc(value) : value,
    ]),
  );
}
