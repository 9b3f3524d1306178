import type { Ability } from '../../core/capabilities.js';
import type { TargetId } from '../../core/sample.js';

/** The tour through one migration of a simulated VM, for a user who named no target. */
export interface TourState {
  /** The simulated VM. */
  target: TargetId;
  /** Undefined until all was tried. */
  abilities: readonly Ability[] | undefined;
}
