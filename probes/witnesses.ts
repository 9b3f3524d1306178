import type { ClockPlan } from './clock/plan.js';
import { icmpDatagram, icmpRaw } from './icmp.js';
import type { Backend } from './prober.js';
import { openThread } from './thread/open.js';

/** What is to be seen beside the echoes. */
export interface Witnesses {
  /** The clocks to read, if any. */
  clock?: ClockPlan;
  announce?: boolean;
}

/** The backend, with witnesses on its own thread; undefined for one that has none: open those beside it. */
export function withWitnesses(backend: Backend, { clock, announce }: Witnesses): Backend | undefined {
  const kind = backend === icmpDatagram ? 'datagram' : backend === icmpRaw ? 'raw' : undefined;
  if (!kind) return undefined;
  const more = { ...(clock && { clocks: clock }), ...(announce && { announce }) };
  return { ...backend, open: (plan, ports) => openThread(backend.name, { kind, plan, ...more }, ports) };
}
