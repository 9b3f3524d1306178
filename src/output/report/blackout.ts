import type { MigrationEvent } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';
import type { Span } from '../../evaluation/coverage.js';
import type { TruthItem } from '../../evaluation/truth.js';
import { type Excerpt, endOf, gapOf } from './excerpt.js';

/** When the guest did not run, and how that is known. */
export interface Blackout extends Span {
  /** The band may lie so much earlier or later. */
  errorMs: Millis;
  by: 'hypervisor' | 'echoes';
}

/** A moment that somebody else reported: the hypervisor, or labels of what really happened. */
export interface Stop {
  word: 'STOP' | 'RESUME';
  at: Millis;
  by: 'hypervisor' | 'truth';
}

/**
 * The estimated blackout in its place: where the hypervisor reported STOP and RESUME, there; else in the middle of the longest
 * stretch without an answer, since echoes bound only its length. Undefined without a place, and where the guest may not have stood
 * still at all.
 */
export function blackoutOf(event: MigrationEvent, excerpt: Excerpt): Blackout | undefined {
  const { blackoutMs, reported } = event;
  if (!blackoutMs || blackoutMs.low <= 0) return undefined;
  const { stopAt, resumeAt, stopErrorMs = 0, resumeErrorMs = 0 } = reported ?? {};
  if (stopAt !== undefined && resumeAt !== undefined && resumeAt > stopAt)
    return { from: stopAt, to: resumeAt, errorMs: Math.max(stopErrorMs, resumeErrorMs), by: 'hypervisor' };
  const gap = gapOf(excerpt, event);
  if (!gap) return undefined;
  const middle = (gap.from + gap.to) / 2;
  const half = blackoutMs.estimate / 2;
  return {
    ...{ from: middle - half, to: middle + half, by: 'echoes' },
    errorMs: Math.max(0, (gap.to - gap.from) / 2 - half),
  };
}

/** STOP and RESUME around an event, as the hypervisor reported them and as the labels have them. */
export function stopsOf(
  event: MigrationEvent,
  { span }: Excerpt,
  truth: readonly TruthItem[],
): readonly Stop[] {
  const { stopAt, resumeAt } = event.reported ?? {};
  const own: (Stop | undefined)[] = [
    stopAt === undefined ? undefined : { word: 'STOP', at: stopAt, by: 'hypervisor' },
    resumeAt === undefined ? undefined : { word: 'RESUME', at: resumeAt, by: 'hypervisor' },
  ];
  const labels = truth
    .filter(({ target }) => target === event.target || target === '*')
    .filter(({ stop, resume }) => isNear(stop, resume, event))
    .flatMap(({ stop, resume }): Stop[] => [
      { word: 'STOP', at: stop! * 1000, by: 'truth' },
      { word: 'RESUME', at: resume! * 1000, by: 'truth' },
    ]);
  return [...own, ...labels].filter(
    stop => stop !== undefined && stop.at >= span.from && stop.at <= span.to,
  ) as Stop[];
}

/** Labels touch an event that begins within a second of them. */
const NEAR_MS: Millis = 1000;

function isNear(stop: number | undefined, resume: number | undefined, event: MigrationEvent): boolean {
  if (stop === undefined || resume === undefined) return false;
  return stop * 1000 <= endOf(event) + NEAR_MS && resume * 1000 >= event.startedAt - NEAR_MS;
}
