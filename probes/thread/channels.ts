import type { Millis } from '../../src/core/sample.js';
import { AnnounceChannel } from '../announce/channel.js';
import { ClockChannel } from '../clock/channel.js';
import { icmpClock } from '../clock/icmp-wire.js';
import { ntpClock } from '../clock/ntp-wire.js';
import type { ClockPlan } from '../clock/plan.js';
import { tcpClock } from '../clock/tcp-wire.js';
import type { ClockWire } from '../clock/wire.js';
import { EchoChannel } from '../icmp/channel.js';
import { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import type { Channel, ChannelPorts } from './channel.js';
import type { WorkerPlan } from './messages.js';

/** At most 50 requests a second for the ICMP clock, and 4 for the TCP clock, which looks like a scan. */
const MIN_INTERVAL_MS = { icmp: 20, tcp: 250 } as const satisfies Record<string, Millis>;

/**
 * Opens the channels of a plan, that of the echoes first. Throws a RangeError for an invalid address and a SystemError if a
 * socket is refused; nothing is open then.
 */
export function openChannels(
  libc: Libc,
  { kind, plan, clocks, announce }: WorkerPlan,
  ports: ChannelPorts,
): Channel[] {
  const clock = new KernelClock(libc, plan.origin);
  const start = clock.now();
  const channels: Channel[] = [];
  if (kind !== 'none') channels.push(new EchoChannel(libc, kind, plan, start, clock, ports));
  for (const { wire, minMs } of clocks ? wiresOf(libc, clocks) : []) {
    const intervalMs = Math.max(minMs, plan.intervalMs);
    channels.push(new ClockChannel(libc, wire, plan, intervalMs, start, clock, ports.emit, ports.notice));
  }
  if (announce) channels.push(new AnnounceChannel(libc, plan, clock, ports.emit, ports.notice));
  try {
    for (const channel of channels) channel.open();
    return channels;
  } catch (error) {
    for (const channel of channels) channel.close();
    throw error;
  }
}

/** The ways in which clocks are read, each with the least time between its questions to one target. */
function wiresOf(libc: Libc, { icmp, tcpPort, ntpMs }: ClockPlan): { wire: ClockWire; minMs: Millis }[] {
  return [
    ...(icmp ? [{ wire: icmpClock(libc), minMs: MIN_INTERVAL_MS.icmp }] : []),
    ...(tcpPort !== undefined ? [{ wire: tcpClock(libc, tcpPort), minMs: MIN_INTERVAL_MS.tcp }] : []),
    ...(ntpMs > 0 ? [{ wire: ntpClock(libc), minMs: ntpMs }] : []),
  ];
}
