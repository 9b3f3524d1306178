import type { Millis, Sample } from '../../core/sample.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { nameOf } from './log-name.js';
import { ProbeSeries } from './probe-series.js';
import { type Columns, fieldsOf, RTT_NAMES, readNumber, readTime, TIME_NAMES } from './series-fields.js';
import { BAD_STAMP, isStamp } from './stamp.js';

/** Places of the two columns in a line. */
interface Places {
  time: number;
  rtt: number;
}

/**
 * A series of round trips in ms as text with delimiters, such as the exports of SmokePing or RIPE Atlas: `;`, tab or
 * comma, one line a probe, with or without a line of names at the top. Further columns are ignored.
 *
 * A round trip that is no number, not above 0, or not below the timeout is a loss.
 */
class SeriesReader implements LogReader {
  private places: Places | undefined;
  private readonly series: ProbeSeries;

  constructor(
    private readonly settings: LogSettings,
    private readonly path: string,
  ) {
    const { target, timeoutMs } = settings;
    this.series = new ProbeSeries({ target, probe: 'series' }, timeoutMs);
  }

  read(text: string, number: number): Sample[] {
    const { columns, skipped } = this.settings;
    if (text.trim() === '') return [];
    const fields = fieldsOf(text);
    if (!this.places) {
      const places = placesIn(fields, columns);
      if (!places && columns) throw missing(columns, fields, `${this.path}: line ${number}`);
      this.places = places;
      // A line of names holds no sample.
      if (!places || readTime(fields[places.time]!) === undefined) return [];
    }
    const stampMs = readTime(fields[this.places!.time] ?? '');
    if (stampMs === undefined) {
      skipped.add('without a time that can be read', number);
      return [];
    }
    if (!isStamp(stampMs)) {
      skipped.add(BAD_STAMP, number);
      return [];
    }
    return [this.series.sample(stampMs, readNumber(fields[this.places!.rtt] ?? ''))];
  }

  end(): Sample[] {
    return [];
  }
}

/** Where the columns are, as the line shows it: by their names, or in a line of values by their numbers. */
function placesIn(fields: readonly string[], columns?: Columns): Places | undefined {
  const names = fields.map(field => field.toLowerCase());
  const place = (wanted: readonly string[]) => names.findIndex(name => wanted.includes(name));
  const chosen = (column: string) => {
    const named = names.indexOf(column);
    return named >= 0 || !/^\d{1,3}$/.test(column) ? named : Number(column) - 1;
  };
  const places = columns
    ? { time: chosen(columns.time), rtt: chosen(columns.rtt) }
    : { time: place(TIME_NAMES), rtt: place(RTT_NAMES) };
  const exist = [places.time, places.rtt].every(each => each >= 0 && each < fields.length);
  if (exist) return places;
  return !columns && isRow(fields) ? { time: 0, rtt: 1 } : undefined;
}

/** Whether a line begins with a time and a number. A small number is not taken for a time: it may count lines. */
function isRow([time = '', rtt = '']: readonly string[]): boolean {
  const at = readTime(time);
  return at !== undefined && at >= EARLIEST && readNumber(rtt) !== undefined;
}

/** 1 January 2000. */
const EARLIEST: Millis = 946_684_800_000;

function missing({ time, rtt }: Columns, fields: readonly string[], where: string): RangeError {
  return new RangeError(
    `${where}: no columns "${time}" and "${rtt}", which --columns names; those of this line are: ${fields.join(', ').slice(0, 200)}`,
  );
}

export const series: LogFormat = {
  name: 'series',
  summary: 'CSV with a column of times and one of round trips in ms (--columns TIME,RTT)',
  example: '2026-11-21 02:10:00,0.412',
  kinds: ['reply', 'lost'],
  fits: text => placesIn(fieldsOf(text)) !== undefined,
  targetFrom: path => (path === '-' ? 'series' : nameOf(path)),
  open: (settings, path) => new SeriesReader(settings, path),
};
