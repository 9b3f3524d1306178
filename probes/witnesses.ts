import { clocksOf } from './clock.js';
import { icmpDatagram, icmpRaw } from './icmp.js';
import type { Backend } from './prober.js';
import { openThread } from './thread/open.js';

/** What is to be seen beside the echoes. */
export interface Witnesses {
  /** Options of the `clock` prober, where clocks are to be read. */
  clock?: Record<string, number>;
  announce?: boolean;
}

/** The backend, with witnesses on its own thread; undefined for one that has none: open those beside it. */
export function withWitnesses(backend: Backend, { clock, announce }: Witnesses): Backend | undefined {
  const kind = backend === icmpDatagram ? 'datagram' : backend === icmpRaw ? 'raw' : undefined;
  if (!kind) return undefined;
  const more = { ...(clock && { clocks: clocksOf(clock) }), ...(announce && { announce }) };
  return { ...backend, open: (plan, ports) => openThread(backend.name, { kind, plan, ...more }, ports) };
}
