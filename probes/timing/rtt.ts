import { type Millis, type Stamp, toMicros } from '../../src/core/sample.js';

/** The measured times of one round trip; NaN if a stamp is missing. */
export interface Times {
  /** From before the sending call to after the receiving call, on the monotonic clock. The others can't be longer. */
  userMs: Millis;
  /** From the kernel's stamp on the request to its stamp on the reply. */
  kernelMs: Millis;
  /** From before the sending call to the kernel's stamp on the reply. */
  kernelRxMs: Millis;
}

/**
 * The most exact RTT, and what stamped it. Kernel stamps are CLOCK_REALTIME, which may be stepped between two of them: an
 * RTT that is not within (0, user] is not used.
 */
export function bestRtt({ userMs, kernelMs, kernelRxMs }: Times): { rttMs: Millis; stamp: Stamp } {
  if (kernelMs > 0 && kernelMs <= userMs) return { rttMs: toMicros(kernelMs), stamp: 'kernel' };
  if (kernelRxMs > 0 && kernelRxMs <= userMs) return { rttMs: toMicros(kernelRxMs), stamp: 'kernel-rx' };
  return { rttMs: toMicros(userMs), stamp: 'user' };
}
