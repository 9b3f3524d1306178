import type { MaintenancePlan } from '../../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../../core/sample.js';

/** The plan with the target added to the expected moves, or removed if it is among them. */
export function toggled(
  { targets, budgetMs }: MaintenancePlan = { targets: [] },
  target: TargetId,
  at: Millis,
): MaintenancePlan & { at: Millis } {
  const others = targets.filter(each => each !== target);
  return {
    at,
    targets: others.length < targets.length ? others : [...targets, target],
    ...(budgetMs !== undefined && { budgetMs }),
  };
}
