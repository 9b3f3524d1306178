import type { Millis, Sample } from '../../core/sample.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { nameOf } from './log-name.js';
import { ProbeSeries, SOME_LOST } from './probe-series.js';
import { RTT_NAMES } from './series-fields.js';
import { BAD_STAMP, isStamp } from './stamp.js';

/** The fields before the data, in XML and in JSON; older releases write JSON without quotes around names. */
const START = /^\s*(?:<start>|["']?start["']?: ?)(\d{1,12})/;
const STEP = /^\s*(?:<step>|["']?step["']?: ?)(\d{1,9})/;
const LEGEND_BEGINS = /^\s*["']?legend["']?: ?\[/;
const LEGEND_ENTRY = /^\s*(?:<entry>(?<xml>[^<]*)<\/entry>|["'](?<json>[^"']*)["'],?)\s*$/;
const DATA_ROW = /^\s*(?:<row>|\[)\s*(?:(?:<t>|["'])(?<stamp>\d{1,12})(?:<\/t>|["'],))?(?<values>[^\]]*)/;
const VALUE = /[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|nan|null|U(?=<)/gi;
/** Lines that hold no sample. */
const FRAME =
  /^\s*$|^\s*[[\]{}],?|^\s*<[?/]|^\s*<(?:xport|meta|end|rows|columns|legend|data)>|^\s*["']?(?:about|meta|end|data|rows|columns)["']?:|^\s*\{/;
const LOSS = /^loss/i;
const MAX_COLUMNS = 1000;

/**
 * `rrdtool xport` of a database that SmokePing writes, as XML or as `--json`: one row a step. The column that is named like
 * a round trip, such as `median`, counts; it holds seconds, as SmokePing stores them, unless its name ends in "ms". A column
 * `loss` tells a step without an answer from one without a measurement.
 */
class XportReader implements LogReader {
  private at: Millis = 0;
  private stepMs: Millis = 0;
  private readonly legend: string[] = [];
  private inLegend = false;
  private readonly series: ProbeSeries;

  constructor(private readonly settings: LogSettings) {
    const { target, timeoutMs } = settings;
    this.series = new ProbeSeries({ target, probe: 'series' }, timeoutMs);
  }

  read(text: string, number: number): Sample[] {
    if (this.head(text)) return [];
    const row = DATA_ROW.exec(text);
    if (row && this.stepMs > 0) return this.row(row.groups!, number);
    if (!FRAME.test(text)) this.settings.skipped.notUnderstood(text, number);
    return [];
  }

  end(): Sample[] {
    return [];
  }

  /** Reads a line before the data. Returns whether it is one. */
  private head(text: string): boolean {
    const start = START.exec(text)?.[1];
    if (start !== undefined) this.at = Number(start) * 1000;
    const step = STEP.exec(text)?.[1];
    if (step !== undefined) this.stepMs = Number(step) * 1000;
    const entry = LEGEND_ENTRY.exec(text)?.groups;
    if (entry && (this.inLegend || entry.xml !== undefined) && this.legend.length < MAX_COLUMNS)
      this.legend.push((entry.xml ?? entry.json ?? '').trim());
    if (LEGEND_BEGINS.test(text)) this.inLegend = true;
    else if (/^\s*\]/.test(text)) this.inLegend = false;
    return start !== undefined || step !== undefined || entry !== undefined || this.inLegend;
  }

  private row({ stamp, values }: Record<string, string | undefined>, number: number): Sample[] {
    const { skipped } = this.settings;
    const at = stamp === undefined ? this.at : Number(stamp) * 1000;
    this.at = at + this.stepMs;
    const fields = (values!.match(VALUE) ?? []).map(Number);
    const { rtt, scale, loss } = this.columns();
    const rttMs = fields[rtt]! * scale;
    const lost = loss < 0 ? Number.NaN : fields[loss]!;
    if (!isStamp(at)) skipped.add(BAD_STAMP, number);
    else if (Number.isNaN(rttMs) && !(lost > 0)) skipped.add(unmeasured(loss >= 0), number);
    else {
      if (!Number.isNaN(rttMs) && lost > 0) skipped.inPart(SOME_LOST, number);
      return [this.series.sample(at, Number.isNaN(rttMs) ? undefined : rttMs)];
    }
    return [];
  }

  /** Where the round trips are, and the losses; −1 without a column of losses. */
  private columns(): { rtt: number; scale: number; loss: number } {
    const names = this.legend.map(name => name.toLowerCase());
    const loss = names.findIndex(name => LOSS.test(name));
    const named = names.findIndex(name => RTT_NAMES.includes(name.replace(/ ?[([]?m?s[)\]]?$/, '')));
    const rtt = named >= 0 ? named : names.findIndex((_, index) => index !== loss);
    return { rtt, scale: /ms[)\]]?$/.test(names[rtt] ?? '') ? 1 : 1000, loss };
  }
}

function unmeasured(hasLoss: boolean): string {
  return hasLoss
    ? 'a step in which nothing was measured'
    : 'a step without a value, lost or not measured: export the loss too, with XPORT:…:loss';
}

export const xport: LogFormat = {
  name: 'rrdtool xport',
  summary:
    'rrdtool xport of a database of SmokePing, with or without --json: DEF:m=FILE.rrd:median:AVERAGE DEF:l=FILE.rrd:loss:AVERAGE XPORT:m:median XPORT:l:loss',
  example: '<row><v>1.2000000000e-03</v><v>0.0000000000e+00</v></row>',
  kinds: ['reply', 'lost'],
  fits: text => /^<xport>|^\{ *["']?about["']?: ["']RRDtool/.test(text),
  targetFrom: path => (path === '-' ? 'series' : nameOf(path)),
  open: settings => new XportReader(settings),
};
