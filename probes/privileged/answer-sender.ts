import type { Answer } from './messages.js';

/** At most this many bytes of samples wait for the main process: some minutes of a few hundred targets. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/**
 * Sends answers to the main process. While that does not read, for example because it is stopped, batches of samples are
 * dropped, and a notice reports how many.
 */
export class AnswerSender {
  private waiting = 0;
  /** Number of batches, by call. */
  private readonly dropped = new Map<number, number>();

  /** `write` sends an answer and calls `sent` when it has left. */
  constructor(
    private readonly write: (answer: Answer, sent: () => void) => void,
    private readonly maxWaiting = MAX_WAITING_BYTES,
  ) {}

  /** `bytes` is the size of a batch of samples, and 0 for an answer that must not be dropped. */
  send(answer: Answer, bytes = 0): void {
    const { call } = answer;
    const dropped = this.dropped.get(call) ?? 0;
    if (bytes > 0 && this.waiting + bytes > this.maxWaiting) {
      this.dropped.set(call, dropped + 1);
      return;
    }
    if (dropped > 0) this.report(call, dropped);
    this.waiting += bytes;
    this.write(answer, () => {
      this.waiting -= bytes;
    });
  }

  private report(call: number, dropped: number): void {
    this.dropped.delete(call);
    const text = `dropped ${dropped} batches of samples: migwatch was stopped, or too busy to read them`;
    this.write({ call, kind: 'received', message: { kind: 'notice', text } }, () => {});
  }
}
