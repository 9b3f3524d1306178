import type { Answer } from './messages.js';

/** Bytes of samples that may wait for the main process: some minutes of a few hundred targets. */
const MAX_WAITING = 32 * 1024 * 1024;

/** Sends answers to the main process; drops samples, and says so, while that reads none, as when it is stopped. */
export class SampleBatcher {
  private waiting = 0;
  /** Batches, by call. */
  private readonly dropped = new Map<number, number>();

  /** \`write\` sends an answer and calls back when it has left. */
  constructor(
    private readonly write: (answer: Answer, left: () => void) => void,
    private readonly maxWaiting = MAX_WAITING,
  ) {}

  /** \`bytes\` is the size of a batch of samples, and 0 for what must arrive. */
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
    const text = `${dropped} batches of samples were dropped, since migwatch was stopped or too busy to read them`;
    this.write({ call, kind: 'received', message: { kind: 'notice', text } }, () => {});
  }
}
