import type { Bounds, Evidence } from '../event.js';
import type { EvidenceWitness } from '../outcomes.js';
import { type Millis, toMicros } from '../sample.js';
import { receivedAt } from './disturbance.js';
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
  if (!gap?.after || !gap.before) return undefined;
  const back = gap.after.at + Math.max(0, gap.after.rttMs! - typicalMs);
  const high = back - gap.before.at;
  const inner = gap.last.at - gap.first.at;
  return bounded((inner + high) / 2, 0, high);
}

function bounded(estimate: Millis, low: Millis, high: Millis): Bounds {
  return { estimate: toMicros(estimate), low: toMicros(low), high: toMicros(high) };
}

/** Last reply before the gap to first reply after it. */
export function stuntimeOf({ gap }: Features): Millis | undefined {
  if (!gap?.before || !gap.after) return undefined;
  const silentMs = toMicros(receivedAt(gap.after) - receivedAt(gap.before));
  // Replies that were kept come all at once: there was no silence between them.
  return silentMs > 0 ? silentMs : undefined;
}

/** A detector's reason for its alarm. */
export interface Alarm {
  detector: string;
  /** The witness that the detector reads. */
  witness: EvidenceWitness;
  why: string;
}

/** The features in words, the weightiest first, and then the detectors' reasons. */
export function evidenceOf(found: Features, alarms: readonly Alarm[]): Evidence[] {
  const evidence: Evidence[] = [];
  const add = (witness: EvidenceWitness, summary: string, value?: number, unit?: string) =>
    evidence.push({
      witness,
      summary,
      ...(value !== undefined && { value: toMicros(value) }),
      ...(unit && { unit }),
    });
  const { gap, sawtooth, clock, announcements } = found;
  if (clock.state === 'read' && Math.abs(clock.stepMs) > Math.max(2, clock.errorMs))
    add('clock', `guest clock ${signed(clock.stepMs)}`, clock.stepMs, 'ms');
  else if (clock.state === 'read' && found.clockWentOn && found.gap && announcements.moved > 0)
    add('clock', 'guest clock continued, as would one that is corrected at resume', clock.stepMs, 'ms');
  if (announcements.moved > 0) add('announce', `${announcements.moved} RARP`, announcements.moved);
  if (announcements.gratuitous > 0)
    add('announce', `${announcements.gratuitous} gratuitous ARP`, announcements.gratuitous);
  if (found.unsent > 0) add('prober', `${found.unsent} probes could not be sent`, found.unsent);
  if (found.lagMs > 0) add('prober', `a probe left ${ms(found.lagMs)} late`, found.lagMs, 'ms');
  if (found.others > 0 && found.othersDisturbed > 0)
    add(
      'echo',
      `${found.othersDisturbed} of ${found.others} other targets compared were disturbed at once`,
      found.othersDisturbed,
    );
  if (gap) add('echo', `${gap.missing} echoes in a row unanswered, ${gapWords(found)}`, found.gapMs, 'ms');
  if (found.stray > 0)
    add('echo', `${found.stray} scattered ${found.stray === 1 ? 'loss' : 'losses'}`, found.stray);
  if (sawtooth)
    add(
      'echo',
      `${sawtooth.queued} echoes answered together, the first after ${ms(sawtooth.first.rttMs!)}`,
      sawtooth.first.rttMs,
      'ms',
    );
  else if (found.slow > 0)
    add('echo', `${found.slow} slow ${found.slow === 1 ? 'reply' : 'replies'}`, found.slow);
  for (const { detector, witness, why } of alarms) add(witness, `${detector}: ${why}`);
  return evidence;
}

/** To a tenth of a millisecond, with a proper minus. */
function signed(value: Millis): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} ms`;
}

function gapWords({ gap, gapEnded, gapMs }: Features): string {
  const inner = gap!.last.at - gap!.first.at;
  return gapEnded ? `gap ${inner.toFixed(0)}–${ms(gapMs)}` : `${ms(gapMs)} so far`;
}

function ms(value: Millis): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
}
