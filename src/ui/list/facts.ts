import type { Light } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';

/** A target with the figures by which a list is sorted and filtered. */
export interface ListFact {
  target: TargetInfo;
  light: Light;
  /** Undefined before the first reply. */
  medianMs: Millis | undefined;
  /** In 0…1. */
  loss: number;
}
