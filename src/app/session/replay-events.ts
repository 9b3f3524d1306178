import type { Millis } from '../../core/sample.js';
import { type EventPair, startOf } from '../../recording/event-list.js';
import type { ReplaySource } from '../../sources/replay.js';
import { TIME_SPANS } from '../../ui/graph/window.js';
import { type Controls, showing } from '../../ui/model/controls.js';

/** A moment within this of an event counts as the event's own. */
const TOLERANCE_MS: Millis = 1;

/** Steps through the events of a replay, as recorded and as judged now. */
export class ReplayEvents {
  constructor(
    private readonly source: Pick<ReplaySource, 'seek' | 'now'>,
    /** In the order of time. */
    private readonly pairs: readonly EventPair[],
  ) {}

  /** Moves to the event after the shown one or, without one, after the middle of the picture; undefined if there is none. */
  next(controls: Controls): Partial<Controls> | undefined {
    const middle = this.source.now() - halfSpan(controls);
    const shown = this.shownIn(controls);
    const after = this.pairs.findIndex(pair => startOf(pair) > middle + TOLERANCE_MS);
    return this.goTo(this.pairs[shown >= 0 ? shown + 1 : after], controls);
  }

  /** The same backwards. */
  previous(controls: Controls): Partial<Controls> | undefined {
    const middle = this.source.now() - halfSpan(controls);
    const shown = this.shownIn(controls);
    const before = this.pairs.findLastIndex(pair => startOf(pair) < middle - TOLERANCE_MS);
    return this.goTo(this.pairs[shown >= 0 ? shown - 1 : before], controls);
  }

  /** Plays to where the event is in the middle of the picture, and shows it if it is judged so now. */
  goTo(pair: EventPair | undefined, controls: Controls): Partial<Controls> | undefined {
    if (!pair) return undefined;
    this.source.seek(startOf(pair) + halfSpan(controls));
    const { judged, recorded } = pair;
    return judged
      ? showing(judged, controls)
      : { ...showing(recorded!, controls), event: undefined, page: undefined };
  }

  private shownIn({ event }: Controls): number {
    return event === undefined ? -1 : this.pairs.findIndex(({ judged }) => judged?.id === event);
  }
}

function halfSpan({ span }: Controls): Millis {
  return TIME_SPANS[span]! / 2;
}
