import type { Millis, Sample } from '../../src/core/sample.js';
import { AnnounceChannel } from '../announce/channel.js';
import { ClockChannel } from '../clock/channel.js';
import { icmpClock } from '../clock/icmp-wire.js';
import { tcpClock } from '../clock/tcp-wire.js';
import { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import type { Channel } from './channel.js';
import type { WorkerPlan } from './worker.js';

export interface ChannelPorts {
  emit(sample: Sample): void;
  notice(text: string): void;
}

/** At most 50 a second of either clock, and of TCP, which looks like a scan, 4. */
const SHORTEST: Record<'icmp' | 'tcp', Millis> = { icmp: 20, tcp: 250 };

/** Opens what is asked for. Throws a SystemError when a socket is refused; nothing is open then. */
export function openChannels(
  libc: Libc,
  { plan, clocks, announce }: WorkerPlan,
  ports: ChannelPorts,
): Channel[] {
  const clock = new KernelClock(libc, plan.origin);
  const start = clock.now();
  const wires = [
    ...(clocks?.icmp ? [icmpClock(libc)] : []),
    ...(clocks?.tcpPort ? [tcpClock(libc, clocks.tcpPort)] : []),
  ];
  const lanes: Channel[] = wires.map(wire => {
    const intervalMs = Math.max(SHORTEST[wire.via], plan.intervalMs);
    return new ClockChannel(libc, wire, plan, intervalMs, start, clock, ports.emit);
  });
  if (announce) lanes.push(new AnnounceChannel(libc, plan, clock, ports.emit, ports.notice));
  try {
    for (const lane of lanes) lane.open();
    return lanes;
  } catch (error) {
    for (const lane of lanes) lane.close();
    throw error;
  }
}
