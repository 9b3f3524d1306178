/**
 * The guest's clock, read from outside: its offset to ours. The clock of a frozen guest stops, so the offset steps by minus
 * the blackout.
 *
 * `icmp`: ICMP timestamp requests (type 13), half an interval after each echo, by the same thread, at most 50 a second;
 * the reply's unit is 1 ms, and a reading's error at most half its round trip and 1 ms.
 * `tcp`: TCP timestamps of the port of a `tcp://` target, or of a port that the user names: a SYN and the SYN-ACK's
 * TSval, at most 4 a second; no connection is made, since our kernel did not ask for one and resets it. It is the guest's
 * monotonic clock: `date` and NTP do not set it, and a boot starts it anew. Its zero point is arbitrary.
 * `ntp`: NTP client requests to UDP port 123, one every 2 s; the error is half the round trip. No raw socket.
 * `http`: see `clock-http.ts`. No raw socket.
 *
 * Not for: guests whose clock is set on resume. Windows answers neither type 13 nor TCP timestamps by default. The TCP
 * clock looks like a scan to an intrusion detector, so that it is read only where the user named the port.
 * Reference: RFC 792; RFC 7323 section 3; tcp(7) tcp_timestamps; RFC 5905.
 */
import type { OptionSpecs } from '../src/core/validation/options.js';
import { type ClockPlan, needsRaw } from './clock/plan.js';
import type { Backend } from './prober.js';
import { openThread } from './thread/open.js';
import { permissionOf } from './thread/permission.js';

const options = {
  icmp: { default: 1, unit: '', help: '1 reads ICMP timestamps, 0 does not', min: 0, max: 1 },
  tcp: {
    default: 0,
    unit: '',
    help: 'read TCP timestamps of this open port, where the target names no port; 0 reads none',
    min: 0,
    max: 65_535,
  },
  ntp: {
    default: 0,
    unit: 'ms',
    help: 'time between NTP requests; 0 sends none',
    min: 0,
    max: 64_000,
    bare: 2000,
  },
} as const satisfies OptionSpecs;

/** The shortest time between NTP requests: no server takes more for anything but an attack. */
const MIN_NTP_MS = 100;

/** Throws a RangeError for a period of NTP requests that no server would bear. */
function checkOptions({ ntp = 0 }: Record<string, number>): void {
  if (ntp > 0 && ntp < MIN_NTP_MS)
    throw new RangeError(`clock:ntp must be 0 or at least ${MIN_NTP_MS} ms, not ${ntp} ms`);
}

/** Reads clocks beside any prober, on a thread of its own. Prefer `withWitnesses` where the echoes are ours. */
export const clock: Backend = {
  name: 'clock',
  probe: 'clock',
  summary: "the guest's clock, by ICMP or TCP timestamps: steps by minus the blackout",
  needs: 'Linux, and root or CAP_NET_RAW',
  options,
  url: { option: 'http', help: 'read the Date of the HTTP server at [TARGET=]URL; must be the last option' },
  checkOptions,
  check: family => permissionOf({ socket: 'tcp', family }),
  open: (plan, ports) => openThread('clock', { kind: 'none', plan, clocks: clocksOf(plan.options) }, ports),
};

/** The prober that reads clocks in these ways, whatever the options of its plan. */
export function clockBy(clocks: ClockPlan): Backend {
  return {
    ...clock,
    check: family => permissionOf({ socket: needsRaw(clocks) ? 'tcp' : 'udp', family }),
    open: (plan, ports) => openThread('clock', { kind: 'none', plan, clocks }, ports),
  };
}

/** What the options of `clock` ask for. */
export function clocksOf({ icmp = 1, tcp = 0, ntp = 0 }: Record<string, number>): ClockPlan {
  return { icmp: icmp !== 0, tcpPort: tcp, ntpMs: ntp };
}
