import type { Decibans } from '../causes/causes.js';
import type { Question } from '../causes/question.js';
import { QUESTIONS, type Weighed, weightOf } from '../causes/weigh.js';
import type { Bounds, Evidence } from '../event.js';
import type { EvidenceWitness } from '../outcomes.js';
import { type Millis, toMicros } from '../sample.js';
import { type Echo, receivedAt } from './echo-runs.js';
import type { Features } from './features.js';

/**
 * How long the guest stood still: what its clock fell behind, where that was read. A gap of lost echoes bounds it from above only (last good send to first good send;
 * a first reply that came late counts from when it came), because a cut cable looks the same. Echoes that were kept
 * and then answered all at once bound it from both sides.
 */
export function blackoutOf(found: Features, typicalMs: Millis): Bounds | undefined {
  const { gap, sawtooth, freezeMs, clock } = found;
  if (freezeMs !== undefined && clock.state === 'read')
    return bounded(freezeMs, Math.max(0, freezeMs - clock.errorMs), freezeMs + clock.errorMs);
  if (sawtooth && sawtooth.queued > (gap?.missing ?? 0)) {
    const released = receivedAt(sawtooth.last) - typicalMs;
    const low = Math.max(0, released - sawtooth.first.at);
    const high = released - (sawtooth.before?.at ?? sawtooth.first.at);
    return bounded((low + high) / 2, low, high);
  }
  return unreachableOf(found, typicalMs);
}

/** How long the target could not be reached: between the last good send before to first good send after, and the gap itself. */
export function unreachableOf({ gap }: Features, typicalMs: Millis): Bounds | undefined {
  if (!gap?.after || !gap.before) return undefined;
  const back = gap.after.at + Math.max(0, gap.after.rttMs! - typicalMs);
  const high = back - gap.before.at;
  const inner = gap.last.at - gap.first.at;
  return bounded((inner + high) / 2, 0, high);
}

function bounded(estimate: Millis, low: Millis, high: Millis): Bounds {
  return { estimate: toMicros(estimate), low: toMicros(low), high: toMicros(high) };
}

/**
 * Last reply before the gap to first reply after it, by when replies came: the longest time without one around the gap. An echo
 * sent before the gap may be held and answered after it, together with those that follow.
 */
export function stuntimeOf({ gap }: Features, echoes: readonly Echo[]): Millis | undefined {
  if (!gap?.before || !gap.after) return undefined;
  const arrivals = echoes
    .filter(({ status }) => status !== 'missing')
    .map(receivedAt)
    .sort((a, b) => a - b);
  const lost = { from: gap.first.at, to: gap.last.at };
  const silences = arrivals
    .slice(1)
    .map((to, index) => ({ from: arrivals[index]!, to }))
    .filter(({ from, to }) => from < lost.to && to > lost.from)
    .map(({ from, to }) => to - from);
  return silences.length === 0 ? undefined : toMicros(Math.max(...silences));
}

/** A detector's reason for its alarm. */
export interface Alarm {
  detector: string;
  /** The witness that the detector reads. */
  witness: EvidenceWitness;
  why: string;
}

/** A finding that weighs more than this against the best explanation contradicts it. */
const CONTRADICTS: Decibans = -3;

/** The answers in words: those for the best explanation or neutral, then the detectors' reasons; and those against it. */
export function evidenceOf(found: Features, { answers, best }: Weighed, alarms: readonly Alarm[]) {
  const contradicting = new Set(
    answers.filter(({ finding }) => weightOf(finding, best) <= CONTRADICTS).map(({ question }) => question),
  );
  const told = (question: Question) =>
    question.describe(found).map(
      ({ summary, value, unit }): Evidence => ({
        witness: question.witness,
        summary,
        ...(value !== undefined && { value: toMicros(value) }),
        ...(unit && { unit }),
      }),
    );
  const [evidence, against] = [false, true].map(isAgainst =>
    QUESTIONS.filter(question => contradicting.has(question) === isAgainst).flatMap(told),
  ) as [Evidence[], Evidence[]];
  for (const { detector, witness, why } of alarms) evidence.push({ witness, summary: `${detector}: ${why}` });
  return { evidence, against };
}
