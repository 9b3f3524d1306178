/**
 * The guest's clock, read from outside: its offset to ours. The clock of a frozen guest stops, so the offset steps by minus
 * the blackout.
 *
 * ICMP timestamp requests (type 13), half an interval after each echo, by the same thread, at most 50 a second. The unit
 * of the reply is 1 ms; the error of a reading is at most half its round trip plus 1 ms. With a port, also TCP timestamps:
 * a SYN and the SYN-ACK's TSval, at most 4 a second. No connection is ever made: our kernel has none for the SYN-ACK, and
 * resets it. The zero point of this clock is arbitrary.
 *
 * Not for: guests that filter type 13 (Windows does) and have no open TCP port; guests whose clock is set on resume.
 * The TCP clock looks like a scan to an intrusion detector, so it is used only if the user names the port.
 * Reference: RFC 792; RFC 7323 section 3; tcp(7) tcp_timestamps.
 */
import type { OptionSpecs } from '../src/core/validation/options.js';
import type { ClockPlan } from './clock/plan.js';
import type { Backend } from './prober.js';
import { openThread } from './thread/open.js';
import { permissionOf } from './thread/permission.js';

const options = {
  icmp: { default: 1, unit: '1 or 0', help: 'by ICMP timestamps', min: 0, max: 1 },
  tcp: { default: 0, unit: 'port', help: 'by TCP timestamps of this open port; 0: off', min: 0, max: 65_535 },
} as const satisfies OptionSpecs;

/** Reads clocks next to any prober, on its own thread. Use `withWitnesses` instead if a probing thread sends the echoes. */
export const clock: Backend = {
  name: 'clock',
  probe: 'clock',
  summary: "the guest's clock, by ICMP or TCP timestamps: steps by minus the blackout",
  needs: 'Linux, and root or CAP_NET_RAW',
  options,
  check: family => permissionOf({ socket: 'tcp', family }),
  open: (plan, ports) => openThread('clock', { kind: 'none', plan, clocks: clocksOf(plan.options) }, ports),
};

export function clocksOf({ icmp = 1, tcp = 0 }: Record<string, number>): ClockPlan {
  return { icmp: icmp !== 0, tcpPort: tcp };
}
