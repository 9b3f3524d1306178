import { Tally } from '../../src/core/statistics/tally.js';
import type { Step } from '../../src/core/step.js';
import { SessionState } from '../../src/ui/model/state.js';

/** A screen's state without an engine around it: it counts the steps itself. */
export class CountedState extends SessionState {
  constructor(options: Pick<ConstructorParameters<typeof SessionState>[0], 'targets' | 'intervalMs'>) {
    super({ ...options, tally: new Tally() });
  }

  override take(step: Step): void {
    this.tally.take(step);
    super.take(step);
  }
}
