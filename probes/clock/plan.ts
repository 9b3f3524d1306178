import type { ClockVia, Millis } from '../../src/core/sample.js';
import type { ProbeTarget } from '../prober.js';

/** What to read the guests' clocks by. */
export interface ClockPlan {
  /** ICMP timestamp requests. */
  icmp: boolean;
  /** SYN segments to the target's own port, else to this one unless it is 0; undefined: none. */
  tcpPort: number | undefined;
  /** The time between NTP requests to a target; 0: none. */
  ntpMs: Millis;
}

/** Whether a clock is read that needs a raw socket. */
export function needsRaw({ icmp, tcpPort }: ClockPlan): boolean {
  return icmp || tcpPort !== undefined;
}

/** The plan without what needs a raw socket. */
export function withoutRaw(plan: ClockPlan): ClockPlan {
  return { ...plan, icmp: false, tcpPort: undefined };
}

/** The clocks of a target that can be asked for, best first. */
export function clocksOfTarget(
  { icmp, tcpPort, ntpMs }: ClockPlan,
  { family, port = tcpPort, dateUrl }: Pick<ProbeTarget, 'family' | 'port' | 'dateUrl'>,
): ClockVia[] {
  return [
    ...(icmp && family === 4 ? ['icmp' as const] : []),
    ...(tcpPort !== undefined && port ? ['tcp' as const] : []),
    ...(ntpMs > 0 ? ['ntp' as const] : []),
    ...(dateUrl !== undefined ? ['http' as const] : []),
  ];
}
