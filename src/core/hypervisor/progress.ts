import type { JobReport } from '../outcomes.js';
import type { Millis } from '../sample.js';
import { isFinal } from './qmp-job.js';

/** How far a running migration is. */
export interface Progress {
  /** Of the memory that is not left to send, in 0…1. */
  share: number | undefined;
  /** Undefined if it is unknown, or if it does not converge. */
  leftMs: Millis | undefined;
  /** Whether the guest dirties memory more slowly than it is sent; undefined if unknown. */
  converges: boolean | undefined;
}

/** Megabits in a byte. */
const MBIT_PER_BYTE = 8e-6;
const BITS_PER_MBIT = 1e6;

/** Undefined for a job that is over. */
export function progressOf(job: JobReport): Progress | undefined {
  if (isFinal(job.status)) return undefined;
  const { total, remaining, mbps, 'dirty-pages-rate': dirty, 'page-size': page } = job;
  const share = total && remaining !== undefined ? Math.max(0, 1 - remaining / total) : undefined;
  const dirtyMbps = dirty !== undefined && page !== undefined ? dirty * page * MBIT_PER_BYTE : undefined;
  const net = mbps === undefined ? undefined : mbps - (dirtyMbps ?? 0);
  const leftMs =
    net !== undefined && net > 0 && remaining !== undefined
      ? ((remaining * 8) / (net * BITS_PER_MBIT)) * 1000
      : undefined;
  const converges = mbps && dirtyMbps !== undefined ? dirtyMbps < mbps : undefined;
  return { share, leftMs, converges };
}
