import type { Millis, Sample, TargetId } from '../../core/sample.js';
import { isRecord } from '../../core/validation/shape.js';
import { JsonChunks } from './json-chunks.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { ProbeSeries, SOME_LOST } from './probe-series.js';
import { BAD_STAMP, isStamp } from './stamp.js';
import { NO_TIMETABLE } from './timetable.js';

/** What a run of mtr found out about its destination. */
interface Run {
  target: TargetId;
  /** Unix seconds; absent in JSON. */
  startedAt?: Millis;
  lossPercent: number;
  meanMs: Millis;
}

const CSV_HEAD = 'Mtr_Version,';
const CSV_ROW =
  /^MTR\.[^,]{1,20},(?<start>\d{1,12}),[^,]*,(?<target>[^,]{1,255}),(?<hop>\d{1,3}),(?<rest>.*)$/;
/** Places from the end of a row, where a host name with a comma does no harm. */
interface Places {
  loss: number;
  mean: number;
}
/** Loss%, Snt, one empty, Last, Avg, Best, Wrst, StDev: without `-o`. */
const USUAL_PLACES: Places = { loss: -8, mean: -4 };

/**
 * `mtr --csv` and `mtr --json`, of one run or of several one after the other. A run sums up its probes, so it counts as one
 * probe: the mean round trip of the last hop, lost if nothing returned. JSON holds no time, so it needs a timetable.
 */
class MtrReader implements LogReader {
  private readonly series = new Map<TargetId, ProbeSeries>();
  private readonly present = { now: -Infinity };
  private readonly json = new JsonChunks();
  private runs = 0;
  private places = USUAL_PLACES;
  /** The last hop so far of a run in CSV. */
  private open: { run: Run; key: string; number: number } | undefined;

  constructor(private readonly settings: LogSettings) {}

  read(text: string, number: number): Sample[] {
    if (text.trim() === '') return [];
    if (text.startsWith(CSV_HEAD)) {
      this.places = placesIn(text);
      return this.closeRun();
    }
    const fields = CSV_ROW.exec(text)?.groups;
    if (fields) return this.csv(fields as Record<'start' | 'target' | 'rest', string>, number);
    const document = this.json.take(text);
    if (document === 'begun') return [];
    const run = runIn(document);
    if (run) return this.sample(run, number);
    this.settings.skipped.notUnderstood(text, number);
    return [];
  }

  end(): Sample[] {
    return this.closeRun();
  }

  /** A run in CSV has one row a hop; the last one is the destination's. */
  private csv(
    { start, target, rest }: Record<'start' | 'target' | 'rest', string>,
    number: number,
  ): Sample[] {
    const key = `${start} ${target}`;
    const before = this.open && this.open.key !== key ? this.closeRun() : [];
    const cells = rest.replace(/,$/, '').split(',');
    const lossPercent = figureOf(cells.at(this.places.loss));
    const meanMs = figureOf(cells.at(this.places.mean));
    this.open = undefined;
    if (lossPercent === undefined || meanMs === undefined)
      this.settings.skipped.notUnderstood(`${key},${rest}`, number);
    else this.open = { run: { target, startedAt: Number(start) * 1000, lossPercent, meanMs }, key, number };
    return before;
  }

  private closeRun(): Sample[] {
    const { open } = this;
    this.open = undefined;
    return open ? this.sample(open.run, open.number) : [];
  }

  private sample({ target, startedAt, lossPercent, meanMs }: Run, number: number): Sample[] {
    const { skipped, timetable, timeoutMs } = this.settings;
    const at = startedAt ?? (timetable && timetable.startMs + this.runs * timetable.intervalMs);
    this.runs++;
    if (at === undefined) skipped.add(NO_TIMETABLE, number);
    else if (!isStamp(at)) skipped.add(BAD_STAMP, number);
    else {
      const identity = { target, probe: 'mtr' };
      const series = this.series.get(target) ?? new ProbeSeries(identity, timeoutMs, this.present);
      this.series.set(target, series);
      if (lossPercent > 0 && lossPercent < 100) skipped.inPart(SOME_LOST, number);
      return [series.sample(at, lossPercent < 100 ? meanMs : undefined)];
    }
    return [];
  }
}

/** A report of `mtr --json`; undefined for other JSON. */
function runIn(document: unknown): Run | undefined {
  const report = fieldOf(document, 'report');
  const target = fieldOf(fieldOf(report, 'mtr'), 'dst');
  const hubs = fieldOf(report, 'hubs');
  const last: unknown = Array.isArray(hubs) ? hubs.at(-1) : undefined;
  const [lossPercent, meanMs] = [figureOf(fieldOf(last, 'Loss%')), figureOf(fieldOf(last, 'Avg'))];
  if (typeof target !== 'string' || target === '' || lossPercent === undefined || meanMs === undefined)
    return undefined;
  return { target: target.slice(0, 255), lossPercent, meanMs };
}

/** The places of the columns that a heading names; `-o` chooses the columns. Past all cells if it names none. */
function placesIn(heading: string): Places {
  const names = heading
    .replace(/,\s*$/, '')
    .split(',')
    .map(name => name.trim());
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) - names.length : -Infinity);
  return { loss: place('Loss%'), mean: place('Avg') };
}

/** A number from 0, also as text; undefined for anything else. */
function figureOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const figure = Number(value);
  return figure >= 0 ? figure : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value as object, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

export const mtr: LogFormat = {
  name: 'mtr',
  summary: 'mtr --csv, of one run or of several; mtr --json with --start and --interval',
  example: 'MTR.0.95,1795299445,OK,10.0.0.7,1,10.0.0.7,0.00,5,0,0.04,0.04,0.03,0.04,0.00',
  kinds: ['reply', 'lost'],
  fits: text => text.startsWith(CSV_HEAD) || CSV_ROW.test(text) || /^\s*"mtr": ?\{|^\{"report":/.test(text),
  open: settings => new MtrReader(settings),
};
