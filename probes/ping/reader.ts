import type { Millis } from '../../src/core/sample.js';
import type { InFlightProbes } from '../timing/in-flight.js';
import { type PingLine, unwrapSeq } from './ping-line.js';

/** ping reports each probe before the next leaves, so a reply further ahead is forged; a few lines may be missing. */
const AHEAD = 100;
/** The wall clock is read in whole milliseconds; a difference beyond this means that it was set. */
const CLOCK_STEP: Millis = 2;

/**
 * Turns the output of one run of ping into samples. ping writes nothing when a probe leaves, so that time is computed: a
 * probe left its RTT before its reply arrived, and `no answer yet for N` is written at the moment when N + 1 leaves.
 */
export class PingReader {
  /** ping counts its probes from 1. */
  private newest = 0;

  /** @param firstSeq Our number of the first probe of this run. */
  constructor(
    private readonly probes: InFlightProbes,
    private readonly intervalMs: Millis,
    private readonly firstSeq: number,
  ) {}

  /** Our number of the next probe that ping has not reported yet. */
  get nextSeq(): number {
    return this.firstSeq + this.newest;
  }

  /** @param knownAt When the line was read. @param stampedAt When ping wrote it, on the same time line. */
  read(line: PingLine, knownAt: Millis, stampedAt: Millis): void {
    if (line.kind === 'header') return;
    const wire = unwrapSeq(this.newest, line.seq);
    if (wire < 1 || wire > this.newest + AHEAD) return;
    const seq = this.firstSeq + wire - 1;
    if (line.kind === 'no-answer') {
      this.left(wire, stampedAt - this.intervalMs);
      this.left(wire + 1, stampedAt);
    } else if (line.kind === 'error') {
      this.left(wire, stampedAt);
      this.probes.unreachable(seq, line.from);
    } else if (line.mark === 'foreign') {
      this.probes.unexpectedSource(seq, knownAt, line.from);
    } else {
      this.left(wire, stampedAt - line.rttMs);
      this.probes.measuredReply(seq, knownAt, line.rttMs, line.ttl, 'kernel-rx');
    }
  }

  private left(wire: number, at: Millis): void {
    this.probes.sent(at, 0, this.firstSeq + wire - 1);
    this.newest = Math.max(this.newest, wire);
  }
}

/** Converts wall-clock times to our time line, which does not follow when the clock is set. */
export class WallClock {
  private offset: Millis | undefined;

  /** Both clocks, read together. The smallest difference is the one with the smallest rounding error. */
  compare(onLine: Millis, wall: Millis): void {
    const offset = onLine - wall;
    const stepped = this.offset === undefined || Math.abs(offset - this.offset) > CLOCK_STEP;
    this.offset = stepped ? offset : Math.min(this.offset!, offset);
  }

  onLine(wall: Millis): Millis {
    return wall + (this.offset ?? 0);
  }
}
