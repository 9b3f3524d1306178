import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import type { Millis } from '../core/sample.js';
import type { Importance, SessionOutput } from '../session/io.js';

/** What one gap in the lines lacks. */
interface Loss {
  lines: number;
  samples: number;
  from: Millis;
  to: Millis;
}

/**
 * Lines for a reader that may be slower than they come. What does not fit into the queue is dropped, samples before
 * lights and events, and a `dropped` line says so once the reader has caught up. A session's start and its summary are
 * never dropped.
 */
export class BoundedLines {
  private loss: Loss | undefined;
  private total = 0;

  constructor(
    private readonly output: SessionOutput,
    private readonly say: (text: string) => void,
  ) {}

  readonly write = (line: string, importance: Importance, at: Millis): void => {
    if (this.output.failure) return;
    if (!this.hasRoom(importance)) this.drop(importance, at);
    else {
      if (this.output.isIdle || importance === 'high') this.reportLoss(at);
      this.output.write(line);
    }
  };

  /** Says how much was dropped in all. */
  close(): void {
    if (this.total > 0) this.say(`dropped ${this.total} lines: standard output was read too slowly`);
  }

  /** Samples begin again when the reader has caught up: one long gap is better than many short ones. */
  private hasRoom(importance: Importance): boolean {
    return importance === 'low' && this.loss ? this.output.isIdle : this.output.accepts(importance);
  }

  private drop(importance: Importance, at: Millis): void {
    if (this.total === 0)
      this.say('standard output is read too slowly: dropping lines, samples first; watching goes on');
    this.total++;
    this.loss ??= { lines: 0, samples: 0, from: at, to: at };
    this.loss.lines++;
    if (importance === 'low') this.loss.samples++;
    this.loss.to = at;
  }

  private reportLoss(at: Millis): void {
    if (!this.loss) return;
    const { lines, samples, from, to } = this.loss;
    this.loss = undefined;
    const dropped = { type: 'dropped', at: utc(at), lines, samples, from: utc(from), to: utc(to) };
    this.output.write(`${safeJson(dropped)}\n`);
  }
}
