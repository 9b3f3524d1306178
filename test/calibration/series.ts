import { chooseDetector } from '../../detectors/index.js';
import type { Outcome } from '../../src/core/sample.js';

/** Round trips in ms, NaN where one was lost, and the places at which their level is labelled to have moved. */
export interface LabelledSeries {
  rtts: readonly number[];
  labels: readonly number[];
}

export interface SeriesScore {
  labels: number;
  alarms: number;
  /** Alarms that belong to a label, one to one, at most `NEAR` samples apart. */
  found: number;
  /** From label to alarm, in samples, ascending. */
  delays: number[];
}

const NEAR = 10;
/** Between two samples, as in RIPE Atlas. */
const INTERVAL_MS = 240_000;

/** The beginnings of a detector's alarms against the labels. `selection` is as for `--detector`. */
export function scoreSeries(all: readonly LabelledSeries[], selection: string): SeriesScore {
  const score: SeriesScore = { labels: 0, alarms: 0, found: 0, delays: [] };
  for (const { rtts, labels } of all) {
    const alarms = alarmsOn(rtts, selection);
    const delays = match(alarms, labels);
    score.labels += labels.length;
    score.alarms += alarms.length;
    score.found += delays.length;
    score.delays.push(...delays);
  }
  score.delays.sort((a, b) => a - b);
  return score;
}

function alarmsOn(rtts: readonly number[], selection: string): number[] {
  const { plugin, options } = chooseDetector(selection);
  const detector = plugin.create(options);
  const alarms: number[] = [];
  let standing = false;
  rtts.forEach((rttMs, seq) => {
    const lost = Number.isNaN(rttMs);
    const outcome: Outcome = lost ? { kind: 'lost', reason: 'timeout' } : { kind: 'reply', rttMs };
    if (!plugin.reads.includes(outcome.kind)) return;
    const at = seq * INTERVAL_MS;
    const knownAt = at + (lost ? 1000 : rttMs);
    const { state } = detector.observe({ at, knownAt, target: 'series', probe: 'series', seq, outcome });
    if (state === 'alarm' && !standing) alarms.push(seq);
    standing = state === 'alarm';
  });
  return alarms;
}

/** Pairs both in their order, which on a line pairs as many as possible. */
function match(alarms: readonly number[], labels: readonly number[]): number[] {
  const delays: number[] = [];
  for (let [alarm, label] = [0, 0]; alarm < alarms.length && label < labels.length; ) {
    const delay = alarms[alarm]! - labels[label]!;
    if (Math.abs(delay) <= NEAR) delays.push(delay);
    if (delay >= -NEAR) label++;
    if (delay <= NEAR) alarm++;
  }
  return delays;
}
