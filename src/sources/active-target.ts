import type { Backend, ProbeTarget } from '../../probes/prober.js';
import type { Millis } from '../core/sample.js';
import type { StreamInfo, TargetInfo } from '../core/session.js';
import type { TargetSpec } from '../plan/targets.js';
import type { Address } from './resolve.js';

/** A target that the user requested. */
export interface TargetRequest {
  spec: TargetSpec;
  phaseMs: Millis;
  /** Why it is not active, in words. */
  trouble: string;
  /** Undefined while the target can't be probed. */
  active?: ActiveTarget;
}

/** Probes targets until they are removed. */
export interface TargetProber {
  remove(target: ActiveTarget): void;
  /** The target has another address now. */
  readdress(target: ActiveTarget): void;
}

/** A target that is probed, with all that was found out about it. */
export interface ActiveTarget {
  spec: TargetSpec;
  backend: Backend;
  address: Address;
  phaseMs: Millis;
  probers: readonly TargetProber[];
  /** Added to a prober's own count, so that `seq` continues after a prober was opened again. */
  firstSeq: number;
  nextSeq: number;
  lastReplyAt: Millis;
  lookedUpAt: Millis;
  witnesses: readonly string[];
  clockReadAt: Millis;
  stream: StreamInfo | undefined;
}

/** After this long without a reading, the clock is not listed as a witness. */
const CLOCK_TIMEOUT_MS: Millis = 10_000;

export function probeTarget({ spec, address, phaseMs }: ActiveTarget): ProbeTarget {
  const { id, port, stream: url, dateUrl } = spec;
  return {
    ...{ id, ...address, phaseMs },
    ...(port !== undefined && { port }),
    ...(url !== undefined && { url }),
    ...(dateUrl !== undefined && { dateUrl }),
  };
}

/** A target as the session shows it at a moment. */
export function describe({ spec, trouble, active }: TargetRequest, time: Millis): TargetInfo {
  return active ? describeActive(active, time) : describeMissing(spec, trouble);
}

function describeMissing({ id, name }: TargetSpec, trouble: string): TargetInfo {
  return { target: id, name, address: '-', backend: '-', witnesses: [], simulated: false, trouble };
}

function describeActive(
  { spec, address, backend, witnesses, clockReadAt, stream }: ActiveTarget,
  time: Millis,
): TargetInfo {
  const simulated = spec.scheme === 'sim';
  const clockSilent = time - clockReadAt > CLOCK_TIMEOUT_MS;
  return {
    target: spec.id,
    name: spec.name,
    address: simulated ? 'simulated' : address.address,
    backend: backend.name,
    witnesses: [
      ...witnesses.filter(witness => witness !== 'clock' || !clockSilent),
      ...(stream ? ['stream'] : []),
    ],
    simulated,
    ...(stream && { stream }),
  };
}
