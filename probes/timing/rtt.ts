import { type Millis, type Stamp, toMicros } from '../../src/core/sample.js';

/** What is known of one round trip; NaN where a stamp is missing. */
export interface Times {
  /** From before the call that sent to after the call that received, on the monotonic clock. Bounds the rest. */
  userMs: Millis;
  /** From the kernel's stamp on the request to its stamp on the reply. */
  kernelMs: Millis;
  /** From before the call that sent to the kernel's stamp on the reply. */
  kernelRxMs: Millis;
}

/**
 * The best RTT there is and who stamped it. Kernel stamps are CLOCK_REALTIME, which may be stepped between the two:
 * one that is not within (0, user] is not believed.
 */
export function bestRtt({ userMs, kernelMs, kernelRxMs }: Times): { rttMs: Millis; stamp: Stamp } {
  if (kernelMs > 0 && kernelMs <= userMs) return { rttMs: toMicros(kernelMs), stamp: 'kernel' };
  if (kernelRxMs > 0 && kernelRxMs <= userMs) return { rttMs: toMicros(kernelRxMs), stamp: 'kernel-rx' };
  return { rttMs: toMicros(userMs), stamp: 'user' };
}
