import { unwrapSeq } from '../../../probes/ping/ping-line.js';
import type { Millis } from '../../core/sample.js';
import type { ProbeLine } from './ping-run.js';

/** When the first probe of a log without stamps was sent, and the time between two probes. */
export interface Timetable {
  startMs: Millis;
  intervalMs: Millis;
}

/** Why a line without a stamp is skipped. */
export const NO_TIMETABLE = 'without a time stamp: give --start and --interval';

/** Computes when the lines of a run of ping without stamps were written, from the numbers of its probes. */
export class LineTimes {
  private latest = 0;
  /** ping counts from 1; busybox and macOS count from 0. */
  private first: 0 | 1 | undefined;

  constructor(private readonly timetable: Timetable) {}

  /** The moment at which the reply came, or at which the next probe left. */
  stampOf(line: ProbeLine): Millis {
    const { startMs, intervalMs } = this.timetable;
    this.first ??= line.seq === 0 ? 0 : 1;
    const seq = unwrapSeq(this.latest, line.seq);
    this.latest = Math.max(this.latest, seq);
    return startMs + (seq - this.first) * intervalMs + (line.kind === 'reply' ? line.rttMs : intervalMs);
  }
}
