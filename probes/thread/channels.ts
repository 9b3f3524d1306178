import type { Millis } from '../../src/core/sample.js';
import { AnnounceChannel } from '../announce/channel.js';
import { ClockChannel } from '../clock/channel.js';
import { icmpClock } from '../clock/icmp-wire.js';
import { tcpClock } from '../clock/tcp-wire.js';
import { EchoChannel } from '../icmp/channel.js';
import { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import type { Channel, ChannelPorts } from './channel.js';
import type { WorkerPlan } from './messages.js';

/** At most 50 requests a second for the ICMP clock, and 4 for the TCP clock, which looks like a scan. */
const MIN_INTERVAL_MS: Record<'icmp' | 'tcp', Millis> = { icmp: 20, tcp: 250 };

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
  const wires = [
    ...(clocks?.icmp ? [icmpClock(libc)] : []),
    ...(clocks?.tcpPort ? [tcpClock(libc, clocks.tcpPort)] : []),
  ];
  for (const wire of wires) {
    const intervalMs = Math.max(MIN_INTERVAL_MS[wire.via], plan.intervalMs);
    channels.push(new ClockChannel(libc, wire, plan, intervalMs, start, clock, ports.emit));
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
