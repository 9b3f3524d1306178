import type { Backend, ProbePlan } from '../../probes/prober.js';
import type { Sample } from '../../src/core/sample.js';
import { clockOrigin, now } from '../../src/system/clock.js';

export const pause = (ms: number) => new Promise(done => setTimeout(done, ms));

interface Wish extends Partial<ProbePlan> {
  address?: string;
  family?: 4 | 6;
  port?: number;
  forMs?: number;
  /** Goes on before `forMs` is over once this holds. */
  until?: (samples: readonly Sample[]) => boolean;
}

/** Runs a prober on one target, stops it, and tells all that came out. */
export async function probed(backend: Backend, wish: Wish) {
  const { address = '127.0.0.1', family = 4, port, forMs = 10_000, until, ...rest } = wish;
  const { plan, samples, notices, failures, ports } = prepared({
    targets: [{ id: 'vm', address, family, phaseMs: 0, ...(port !== undefined && { port }) }],
    ...rest,
  });
  const opening = now(plan.origin);
  const prober = await backend.open(plan, ports);
  for (const end = opening + forMs; now(plan.origin) < end && !until?.(samples); ) await pause(10);
  await prober.stop();
  return { samples, notices, failures, plan, opening };
}

/** A plan with defaults, and ports that collect what comes. */
export function prepared(wish: Partial<ProbePlan>) {
  const plan: ProbePlan = {
    targets: [],
    intervalMs: 50,
    timeoutMs: 1000,
    origin: clockOrigin(),
    options: {},
    ...wish,
  };
  const samples: Sample[] = [];
  const notices: string[] = [];
  const failures: Error[] = [];
  const ports = {
    emit: (batch: readonly Sample[]) => void samples.push(...batch),
    notice: (text: string) => void notices.push(text),
    fail: (error: Error) => void failures.push(error),
  };
  return { plan, samples, notices, failures, ports };
}
