import type { Millis, Sample } from '../../src/core/sample.js';
import { KernelClock } from '../icmp/kernel-clock.js';
import type { Libc } from '../icmp/libc.js';
import type { ProbePlan } from '../prober.js';
import { icmpClock } from './icmp-wire.js';
import { ClockLane } from './lane.js';

/** What to ask the guests' clocks by. */
export interface ClockPlan {
  /** ICMP timestamp requests. */
  icmp: boolean;
  /** SYN segments to this port; 0: none. */
  tcpPort: number;
}

/** At most 50 a second of either kind, and of TCP, which looks like a scan, 4. */
const SHORTEST: Record<'icmp' | 'tcp', Millis> = { icmp: 20, tcp: 250 };

/** Opens what is asked for. Throws a SystemError when a socket is refused; nothing is open then. */
export function openLanes(
  libc: Libc,
  plan: ProbePlan,
  clocks: ClockPlan,
  emit: (sample: Sample) => void,
): ClockLane[] {
  const clock = new KernelClock(libc, plan.origin);
  const wires = [...(clocks.icmp ? [icmpClock(libc)] : [])];
  const start = clock.now();
  const lanes = wires.map(wire => {
    const intervalMs = Math.max(SHORTEST[wire.via], plan.intervalMs);
    return new ClockLane(libc, wire, plan, intervalMs, start, clock, emit);
  });
  try {
    for (const lane of lanes) lane.open();
  } catch (error) {
    for (const lane of lanes) lane.close();
    throw error;
  }
  return lanes;
}
