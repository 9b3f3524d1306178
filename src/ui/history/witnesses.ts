import type { Millis, PlaybackState, Sample } from '../../core/sample.js';
import { ClockTrace } from './clock-trace.js';
import { type Mark, MarkTrace } from './mark-trace.js';
import { PlaybackTrace, type PlaybackVisitor } from './playback-trace.js';
import { type ProbeReader, type ProbeStatus, SampleRing } from './ring.js';

/** Reads what the witnesses of a target reported; each visits newest first. */
export interface WitnessReader {
  probes: ProbeReader;
  clock: { since(from: Millis, visit: (at: Millis, offsetMs: Millis) => void): void };
  marks: { since(from: Millis, visit: (at: Millis, mark: Mark) => void): void };
  /** Present if a viewer plays a stream of the target. */
  playback?: PlaybackReader | undefined;
}

export interface PlaybackReader {
  since(from: Millis, visit: PlaybackVisitor): void;
}

/** The witnesses of one target, as the samples of a recording report them. */
export class Witnesses implements WitnessReader {
  readonly probes: SampleRing;
  readonly clock: ClockTrace;
  readonly marks = new MarkTrace();
  playback: PlaybackTrace | undefined;

  constructor(capacity: number) {
    this.probes = new SampleRing(capacity);
    this.clock = new ClockTrace(capacity);
  }

  put(sample: Sample): void {
    this.probes.put(sample);
    this.clock.put(sample);
    this.marks.put(sample);
    if (sample.outcome.kind !== 'playback') return;
    this.playback ??= new PlaybackTrace(EXCERPT_CAPACITY);
    this.playback.put(sample);
  }
}

/** Entries of each kind in an excerpt. */
const EXCERPT_CAPACITY = 4096;

/** A copy of what the witnesses reported from `from` to `to`. */
export function excerptOf(source: WitnessReader, from: Millis, to: Millis): WitnessReader {
  return {
    probes: kept<[ProbeStatus, Millis]>(source.probes, from, to),
    clock: kept<[Millis]>(source.clock, from, to),
    marks: kept<[Mark]>(source.marks, from, to),
    ...(source.playback && { playback: kept<[Millis, PlaybackState]>(source.playback, from, to) }),
  };
}

interface Trace<Values extends unknown[]> {
  since(from: Millis, visit: (at: Millis, ...values: Values) => void): void;
}

function kept<Values extends unknown[]>(source: Trace<Values>, from: Millis, to: Millis): Trace<Values> {
  const entries: [at: Millis, ...values: Values][] = [];
  source.since(from, (at, ...values) => {
    if (at <= to && entries.length < EXCERPT_CAPACITY) entries.push([at, ...values]);
  });
  return {
    since: (start, visit) => {
      for (const entry of entries) if (entry[0] >= start) visit(...entry);
    },
  };
}
