import { type PingLine, parsePingLine } from '../../../probes/ping/ping-line.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { withStamp } from './line-stamp.js';
import { gapRow, type LogEntry, type LogFormat, type LogReader, type LogSettings } from './log.js';
import { LogClock } from './log-clock.js';
import { PingRun, type ProbeLine } from './ping-run.js';
import { Skipped } from './skipped.js';
import { BAD_STAMP, isStamp } from './stamp.js';
import { LineTimes } from './timetable.js';

/** Until the log has shown the interval. */
const USUAL_INTERVAL: Millis = 50;
/** Probes without a line of their own, as in an outage: so many, and this many more for each line. */
const MAX_SILENT = 200_000;
const MAX_SILENT_PER_LINE = 100;
/** The final statistics, in any language, are below such a line. */
const STATISTICS = /^--- .* ---$/;
/** Other lines of ping: empty lines, errors, and what -v, -R and -T print. */
const OTHER_LINE =
  /^\s*$|^\d+ packets transmitted|^(?:rtt|round-trip) min|^, pipe|^ping6?: |^WARNING: |^ai->|^[RT][RS]: \t|^\t/;

/** A log of one run of ping, or of several one after the other, of one host or of several. */
class PingReader implements LogReader {
  private readonly clock = new LogClock();
  private readonly free = new Map<TargetId, number>();
  /** The targets by their names and addresses. */
  private readonly targets = new Map<string, TargetId>();
  private target: TargetId;
  private inStatistics = false;
  private run: PingRun | undefined;
  /** Why the next line is of a new run. */
  private restart: string | undefined;
  /** Lines of probes, and the probes that have none. */
  private lines = 0;
  private silent = 0;
  private readonly times: LineTimes | undefined;

  constructor(private readonly settings: LogSettings) {
    this.times = settings.timetable && new LineTimes(settings.timetable);
    this.target = settings.target;
    this.targets.set(settings.target, settings.target);
  }

  read(text: string, number: number): LogEntry[] {
    const { skipped } = this.settings;
    const line = parseLine(text);
    const bare = line ? text : (withStamp(text)?.rest ?? text);
    if (line || STATISTICS.test(bare)) this.inStatistics = !line;
    else if (!this.inStatistics && !OTHER_LINE.test(bare)) skipped.notUnderstood(text, number);
    if (!line) return [];
    if (line.kind === 'header') this.header(line);
    else {
      const stampMs = line.stampMs ?? this.computedStamp(line);
      if (typeof stampMs === 'string') skipped.add(stampMs, number);
      else if (!isStamp(stampMs)) skipped.add(BAD_STAMP, number);
      else return this.probe(line, stampMs, number);
    }
    return [];
  }

  end(): Sample[] {
    return this.run?.end() ?? [];
  }

  /** When a line without a stamp was written, or why that is unknown. */
  private computedStamp(line: ProbeLine): Millis | string {
    if (!this.times) return 'without a time stamp: log with ping -D, or give --start and --interval';
    return this.restart === undefined
      ? this.times.stampOf(line)
      : 'of a second run without time stamps: import it from a file of its own';
  }

  private header({ host, address }: PingLine & { kind: 'header' }): void {
    this.target = this.targets.get(host) ?? this.targets.get(address) ?? host;
    this.targets.set(host, this.target).set(address, this.target);
    if (this.run) this.restart = 'a new run of ping';
  }

  private probe(line: ProbeLine, stampMs: Millis, number: number): LogEntry[] {
    const reasons = [this.restart, this.clock.breakAt(stampMs)].filter(text => text !== undefined);
    const reason = reasons.join(', and ') || this.run?.breakAt(line, this.clock.at(stampMs));
    const silent = this.run && !reason ? this.run.silentBefore(line) : 0;
    if (this.silent + silent > MAX_SILENT + MAX_SILENT_PER_LINE * this.lines) {
      this.settings.skipped.add('a number far from the one before, again and again', number);
      return [];
    }
    this.lines++;
    this.silent += silent;
    const before = this.run && reason ? this.newRun(line, stampMs, reason, number) : [];
    if (line.kind === 'reply' && !this.targets.has(line.from)) this.targets.set(line.from, this.target);
    this.run ??= new PingRun(
      {
        ...this.settings,
        intervalMs: this.settings.timetable?.intervalMs ?? USUAL_INTERVAL,
        target: this.target,
      },
      this.free.get(this.target) ?? 0,
    );
    return [...before, ...this.run.read(line, this.clock.advance(stampMs))];
  }

  /** Ends the present run before a line of the next one. */
  private newRun(line: ProbeLine, stampMs: Millis, reason: string, number: number): LogEntry[] {
    const run = this.run!;
    const isHeaded = this.restart !== undefined;
    const at = this.clock.now;
    const first = this.clock.restart(stampMs);
    const until = toMicros(Math.max(at, line.kind === 'reply' ? first - line.rttMs : first));
    if (!isHeaded && line.kind === 'reply') this.target = this.targets.get(line.from) ?? line.from;
    const losses = run.end(until);
    this.free.set(run.target, run.nextFree);
    this.run = this.restart = undefined;
    this.settings.skipped.gap(reason, number);
    return [...losses, gapRow(run.target, at, until, reason)];
  }
}

/** A line as ping wrote it, perhaps after the stamp of another program. */
function parseLine(text: string): PingLine | undefined {
  const line = parsePingLine(text);
  if (line) return line;
  const stamped = withStamp(text);
  const rest = stamped && parsePingLine(stamped.rest);
  return rest && rest.kind !== 'header' ? { ...rest, stampMs: stamped.stampMs } : rest;
}

/** All samples of a log, and the gaps between its runs. */
export function importPing(text: string, settings: { target: TargetId; timeoutMs?: Millis }): LogEntry[] {
  const reader = new PingReader({ timeoutMs: 1000, ...settings, skipped: new Skipped() });
  const entries = text.split(/\r?\n/).flatMap((line, index) => reader.read(line, index + 1));
  return [...entries, ...reader.end()];
}

export const ping: LogFormat = {
  name: 'ping',
  summary:
    'ping -D, better ping -D -O, of one host or of several, one after the other; without -D, of busybox and of macOS with --start and --interval',
  kinds: ['reply', 'overdue', 'lost', 'duplicate', 'foreign'],
  example: '[1795299308.644482] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=0.034 ms',
  fits: text => parseLine(text) !== undefined,
  targetIn: text => {
    const line = parseLine(text);
    if (line?.kind === 'header') return line.host;
    return line?.kind === 'reply' ? line.from : undefined;
  },
  stampIn: text => {
    const line = parseLine(text);
    return line && line.kind !== 'header' ? line.stampMs : undefined;
  },
  open: settings => new PingReader(settings),
};
