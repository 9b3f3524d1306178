import { CLOCK_VIAS, type ClockVia, type Millis, type Sample } from '../../core/sample.js';
import type { Step } from '../../core/step.js';
import { UsageError } from '../../core/validation/usage-error.js';
import { codeOfRtt, LOST } from '../../page/codec.js';
import type { Series, TargetSeries } from '../../page/model.js';
import { LIMIT, levelOf } from '../../ui/history/level.js';

/** A page with more is too large for a browser: 7 days of a target at 8 Hz, or 7 hours of ten at 20 Hz. */
const MAX_SAMPLES = 5_000_000;
/** Statistics are kept as the highest level of such a stretch where nothing happens, */
const CALM_MS: Millis = 1000;
/** and step by step from the first level near the limit until this time after the last one. */
const NEAR = LIMIT * 0.9;
const LIVELY_MS: Millis = 3000;
/** Clock offsets are kept to this part of a millisecond, and beyond this many milliseconds not at all. */
const CLOCK_TICKS = 10;
const MAX_CLOCK_MS: Millis = 1e8;
const MAX_BUFFER_MS: Millis = 1e9;

const FRAME_WORDS = ['RARP', 'gratuitous ARP', 'advertisement'] as const;
const FRAME_OF = { rarp: 0, arp: 1, advertisement: 2 } as const;

/** Gathers what a page replays of one target, in memory that grows by some bytes for each sample. */
export class TargetGatherer {
  readonly frameWords: readonly string[] = FRAME_WORDS;
  private readonly echo = new Column();
  private readonly clocks = new Map<ClockVia, { zero: Millis; column: Column }>();
  private readonly frames = new Column();
  private readonly viewer = new Column();
  private readonly levels: LevelColumn;

  constructor(detectors: number) {
    this.levels = new LevelColumn(detectors);
  }

  step({ sample, verdicts }: Step): void {
    this.levels.take(
      sample.knownAt,
      verdicts.map(({ verdict }) => levelOf(verdict)),
    );
  }

  sample({ at, knownAt, outcome }: Sample): void {
    switch (outcome.kind) {
      case 'reply':
        this.echo.add(at, codeOfRtt(outcome.rttMs, outcome.late === true));
        break;
      case 'lost':
        this.echo.add(at, LOST);
        break;
      case 'clock':
        this.reading(at, outcome.via, outcome.offsetMs);
        break;
      case 'announce':
        if (outcome.gratuitous) this.frames.add(knownAt, FRAME_OF[outcome.via]);
        break;
      case 'playback':
        this.viewer.add(knownAt, viewerCode(outcome.bufferMs, outcome.state === 'stalled'));
    }
  }

  private reading(at: Millis, via: ClockVia, offsetMs: Millis): void {
    const clock = this.clocks.get(via) ?? { zero: offsetMs, column: new Column() };
    this.clocks.set(via, clock);
    const offset = Math.max(-MAX_CLOCK_MS, Math.min(MAX_CLOCK_MS, offsetMs - clock.zero));
    clock.column.add(at, Math.round(offset * CLOCK_TICKS));
  }

  /** The series from this moment on, with times since it. */
  series(startedAt: Millis): TargetSeries {
    const via = CLOCK_VIAS.find(each => this.clocks.has(each));
    return {
      echo: this.echo.series(startedAt),
      clock: (via === undefined ? new Column() : this.clocks.get(via)!.column).series(startedAt),
      frames: this.frames.series(startedAt),
      viewer: this.viewer.series(startedAt),
      levels: this.levels.series(startedAt),
    };
  }
}

/** Throws a UsageError if a page cannot hold so many samples. */
export function checkSize(samples: number): void {
  if (samples > MAX_SAMPLES)
    throw new UsageError(
      `a page holds at most ${MAX_SAMPLES / 1e6} million samples: choose a part with --from, --to or --target`,
    );
}

/** A stalled viewer has a negative code, also with an empty buffer. */
function viewerCode(bufferMs: Millis, isStalled: boolean): number {
  const buffer = Math.min(MAX_BUFFER_MS, Math.round(bufferMs));
  return isStalled ? -1 - buffer : buffer;
}

/** Moments and values, sorted by moment at the end. */
class Column {
  private readonly at: number[] = [];
  private readonly values: number[] = [];

  add(at: Millis, value: number): void {
    this.at.push(at);
    this.values.push(value);
  }

  series(startedAt: Millis): Series {
    const order = Uint32Array.from(this.at.keys());
    order.sort((a, b) => this.at[a]! - this.at[b]! || a - b);
    return {
      at: Float64Array.from(order, index => this.at[index]! - startedAt),
      value: Int32Array.from(order, index => this.values[index]!),
    };
  }
}

/** The levels of a target's detectors: all of them where one is near its limit, else the highest of a stretch. */
class LevelColumn {
  private readonly at: number[] = [];
  private readonly columns: number[][];
  private readonly highest: number[];
  private beganAt = -Infinity;
  private livelyUntil = -Infinity;
  private latest = '';

  constructor(detectors: number) {
    this.columns = Array.from({ length: detectors }, () => []);
    this.highest = this.columns.map(() => 0);
  }

  take(at: Millis, levels: readonly number[]): void {
    if (levels.some(level => level >= NEAR)) this.livelyUntil = at + LIVELY_MS;
    for (const [index, level] of levels.entries())
      this.highest[index] = Math.max(this.highest[index] ?? 0, level);
    if (at > this.livelyUntil && at < this.beganAt + CALM_MS) return;
    this.beganAt = at;
    const text = this.highest.join();
    if (text !== this.latest) {
      this.at.push(at);
      for (const [index, column] of this.columns.entries()) column.push(this.highest[index]!);
      this.latest = text;
    }
    this.highest.fill(0);
  }

  series(startedAt: Millis): TargetSeries['levels'] {
    return {
      at: Float64Array.from(this.at, at => at - startedAt),
      columns: this.columns.map(column => Uint8Array.from(column)),
    };
  }
}
