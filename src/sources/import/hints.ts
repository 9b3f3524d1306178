/** Lines of logs that hold no single probes, and how to make a log that does. */
const HINTS: readonly [RegExp, string][] = [
  [
    /^\S+ is (?:alive|unreachable)/,
    'this is fping without -l, -c or -C, which asks each host once: log with fping -D -l',
  ],
  [/^CHART fping/, 'this is fping -N for netdata, which holds sums only: log with fping -D -l'],
  [
    /^\d+ bytes from .* time=/,
    'its replies have no time stamps: log with ping -D -O, or give --start and --interval',
  ],
  [/^PING .* bytes/, 'this ping was quiet (-q) or a flood (-f): log with ping -D -O'],
  [/^HOST: .*Loss% |^ +\d+\.\|-- /, 'this is mtr --report, which holds no time: log with mtr --csv'],
  [/^<MTR SRC=/, 'this is mtr --xml, which holds no time: log with mtr --csv'],
  [
    /^\s+uptime +loss +median/,
    'this is rrdtool fetch: use rrdtool xport DEF:m=FILE.rrd:median:AVERAGE DEF:l=FILE.rrd:loss:AVERAGE XPORT:m:median XPORT:l:loss',
  ],
  [/^RRD\0/, 'this is a database of RRDtool: export it with rrdtool xport'],
  [
    /^\{"format":"migwatch-recording"/,
    'this is a recording already: migwatch replay, analyze or report reads it',
  ],
];

/** What to do about a log that is known but cannot be imported, by its lines; undefined if it is not known. */
export function hintFor(lines: readonly string[]): string | undefined {
  return HINTS.find(([form]) => lines.some(line => form.test(line)))?.[1];
}
