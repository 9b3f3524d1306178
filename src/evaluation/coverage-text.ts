import { duration } from '../core/format/duration.js';
import { percent } from '../core/format/units.js';
import type { Analysis, TargetFigures } from './analysis.js';

/** Between the last probe and its outcome, the recording goes on. */
const FULL = 0.99;

/** A line for each target whose probing was interrupted, such as `vm: coverage 66 %: 7.8 h not observed`. */
export function unobservedLines({
  targets,
  startedAt,
  endedAt,
}: Pick<Analysis, 'targets' | 'startedAt' | 'endedAt'>): string[] {
  return targets
    .filter(({ coverage }) => coverage < FULL)
    .map(
      target =>
        `${labelOf(target)}: coverage ${percent(target.coverage)}: ${hours(endedAt - startedAt - target.observedMs)} not observed`,
    );
}

/** A target by its label, and by its address where that differs. */
export function labelOf({ name, target }: Pick<TargetFigures, 'name' | 'target'>): string {
  return name === target ? name : `${name} (${target})`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A duration to three digits, in hours or minutes if it is long. */
export function hours(ms: number): string {
  if (ms >= HOUR) return `${Number((ms / HOUR).toPrecision(3))} h`;
  return ms >= 2 * MINUTE ? `${Number((ms / MINUTE).toPrecision(3))} min` : duration(ms);
}
