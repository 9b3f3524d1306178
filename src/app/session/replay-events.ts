import type { Millis } from '../../core/sample.js';
import { type EventPair, startOf } from '../../recording/event-list.js';
import type { ReplaySource } from '../../sources/replay.js';
import { TIME_SPANS } from '../../ui/graph/window.js';
import type { Controls } from '../../ui/model/controls.js';
import { showing } from '../../ui/model/event-focus.js';

/** A moment within this of an event counts as the event's own. */
const TOLERANCE_MS: Millis = 1;

/** Steps through the events of a replay, as recorded and as judged now. */
export class ReplayEvents {
  /** The event that was moved to last, and where the replay was then. */
  private reached = { index: -1, at: -Infinity };

  constructor(
    private readonly source: Pick<ReplaySource, 'seek' | 'now'>,
    /** In the order of time. */
    private readonly pairs: () => readonly EventPair[],
  ) {}

  /** Moves to the event after the one in the picture, or else after now; undefined if there is none. */
  next(controls: Controls): Partial<Controls> | undefined {
    const shown = this.shownIn(controls);
    const after = this.pairs().findIndex(pair => startOf(pair) > this.source.now() + TOLERANCE_MS);
    return this.goTo(shown >= 0 ? shown + 1 : after, controls);
  }

  /** The same backwards. */
  previous(controls: Controls): Partial<Controls> | undefined {
    const shown = this.shownIn(controls);
    const before = this.pairs().findLastIndex(pair => startOf(pair) < this.source.now() - TOLERANCE_MS);
    return this.goTo(shown >= 0 ? shown - 1 : before, controls);
  }

  /** Plays to where the event is in the middle of the picture, and shows it if it is judged so now. */
  private goTo(index: number, controls: Controls): Partial<Controls> | undefined {
    const pair = this.pairs()[index];
    if (!pair) return undefined;
    this.source.seek(startOf(pair) + halfSpan(controls));
    this.reached = { index, at: this.source.now() };
    const { judged, recorded } = pair;
    return judged
      ? showing(judged, controls)
      : { ...showing(recorded!, controls), event: undefined, page: undefined };
  }

  /** An event that is only recorded counts as shown until the replay has played past it. */
  private shownIn(controls: Controls): number {
    const { event } = controls;
    if (event !== undefined) return this.pairs().findIndex(({ judged }) => judged?.id === event);
    const { index, at } = this.reached;
    const isNear = Math.abs(this.source.now() - at) < halfSpan(controls);
    return this.pairs()[index]?.judged === undefined && isNear ? index : -1;
  }
}

function halfSpan({ span }: Controls): Millis {
  return TIME_SPANS[span]! / 2;
}
