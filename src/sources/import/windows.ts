import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { withStamp } from './line-stamp.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { BAD_STAMP, isStamp } from './stamp.js';
import { NO_TIMETABLE } from './timetable.js';
import { parseWindowsLine, type WindowsLine } from './windows-line.js';

/** ping -w: how long it waits for an answer. */
const WAIT_MS: Millis = 4000;

type ProbeLine = Extract<WindowsLine, { kind: 'reply' | 'lost' | 'unreachable' }>;

/**
 * ping on Windows. Its lines are in the order of its probes, and the next one leaves when the one before has its outcome and
 * the interval is over. Each line needs the stamp of another program before it, or the log a timetable.
 */
class WindowsReader implements LogReader {
  private target: TargetId;
  private seq = 0;
  /** When the next probe leaves, without stamps. */
  private next: Millis | undefined;
  private now: Millis = -Infinity;

  constructor(private readonly settings: LogSettings) {
    this.target = settings.target;
    this.next = settings.timetable?.startMs;
  }

  read(text: string, number: number): Sample[] {
    const { skipped } = this.settings;
    const stamped = withStamp(text);
    const line = parseWindowsLine(stamped?.rest ?? text);
    if (!line) skipped.notUnderstood(text, number);
    else if (line.kind === 'header') this.target = line.host;
    else if (line.kind !== 'other') {
      const at = this.sentAt(line, stamped?.stampMs);
      if (at === undefined) skipped.add(NO_TIMETABLE, number);
      else if (!isStamp(at)) skipped.add(BAD_STAMP, number);
      else return [this.sample(line, at)];
    }
    return [];
  }

  end(): Sample[] {
    return [];
  }

  private sentAt(line: ProbeLine, stampMs: Millis | undefined): Millis | undefined {
    const tookMs = tookOf(line);
    if (stampMs !== undefined) return Math.max(stampMs - tookMs, Math.min(this.now, stampMs));
    const { next: at, settings } = this;
    if (at !== undefined) this.next = at + Math.max(tookMs, settings.timetable!.intervalMs);
    return at;
  }

  private sample(line: ProbeLine, sentMs: Millis): Sample {
    const at = toMicros(sentMs);
    this.now = Math.max(this.now, toMicros(at + tookOf(line)));
    const identity = { target: this.target, probe: 'ping', seq: this.seq++ };
    return { at, knownAt: this.now, ...identity, outcome: outcomeOf(line, this.settings.timeoutMs) };
  }
}

/** The time from the request to the line. */
function tookOf(line: ProbeLine): Millis {
  return line.kind === 'reply' ? line.rttMs : line.kind === 'lost' ? WAIT_MS : 0;
}

function outcomeOf(line: ProbeLine, timeoutMs: Millis): Outcome {
  switch (line.kind) {
    case 'reply': {
      const { rttMs, ttl } = line;
      const late = rttMs >= timeoutMs && ({ late: true } as const);
      return { kind: 'reply', rttMs, ...(ttl !== undefined && { ttl }), ...late };
    }
    case 'lost':
      return { kind: 'lost', reason: 'timeout' };
    case 'unreachable':
      return { kind: 'lost', reason: 'unreachable', ...(line.from !== undefined && { from: line.from }) };
  }
}

const isOfWindows = (text: string) => {
  const line = parseWindowsLine(withStamp(text)?.rest ?? text);
  return line !== undefined && line.kind !== 'other' && line.kind !== 'unreachable' ? line : undefined;
};

export const windows: LogFormat = {
  name: 'ping on Windows',
  summary:
    'ping on Windows, in nine languages, with --start and --interval or after stamps of another program',
  example: 'Reply from 10.0.0.7: bytes=32 time<1ms TTL=64',
  kinds: ['reply', 'lost'],
  fits: text => isOfWindows(text) !== undefined,
  targetIn: text => {
    const line = isOfWindows(text);
    if (line?.kind === 'header') return line.host;
    return line?.kind === 'reply' ? line.from : undefined;
  },
  open: settings => new WindowsReader(settings),
};
