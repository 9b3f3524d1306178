import type { Millis } from '../sample.js';
import { type Json, list, moment, object, part, type Stateful } from '../validation/saved-state.js';
import type { TimeSpan } from './peers.js';

const CAPACITY = 64;

const STATE = part<{ spans: TimeSpan[] }>(1, {
  spans: list(object<TimeSpan>({ from: moment, to: moment }), CAPACITY),
});

/** When our own probes left later than planned. */
export class SendDelays implements Stateful {
  private spans: TimeSpan[] = [];

  add(sentAt: Millis, lagMs: Millis): void {
    this.spans.push({ from: sentAt - lagMs, to: sentAt });
    if (this.spans.length > CAPACITY) this.spans.shift();
  }

  /** The longest delay that overlaps the span. */
  within(span: TimeSpan): Millis {
    return this.spans
      .filter(({ from, to }) => from <= span.to && to >= span.from)
      .reduce((longest, { from, to }) => Math.max(longest, to - from), 0);
  }

  save(): Json {
    return STATE.save({ spans: this.spans });
  }

  load(saved: Json): void {
    ({ spans: this.spans } = STATE.load(saved));
  }
}
