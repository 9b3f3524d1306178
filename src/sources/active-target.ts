import type { Backend, ProbeTarget } from '../../probes/prober.js';
import type { Millis } from '../core/sample.js';
import type { StreamInfo, TargetInfo } from '../core/session-info.js';
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

/** A target that is probed, with its resolved address and state. */
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
  /** The user was told that the clock does not answer, or it does. */
  clockTried: boolean;
  stream: StreamInfo | undefined;
}

/** The witnesses that answer: the clock is one until it was not read for a while. */
export function answeringWitnesses({ witnesses, clockReadAt }: ActiveTarget, time: Millis): string[] {
  const clockSilent = time - clockReadAt > CLOCK_TIMEOUT_MS;
  return witnesses.filter(witness => witness !== 'clock' || !clockSilent);
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

function describeActive(target: ActiveTarget, time: Millis): TargetInfo {
  const { spec, address, backend, stream } = target;
  const simulated = spec.scheme === 'sim';
  return {
    target: spec.id,
    name: spec.name,
    address: simulated ? 'simulated' : address.address,
    backend: backend.name,
    witnesses: [...answeringWitnesses(target, time), ...(stream ? ['stream'] : [])],
    simulated,
    ...(stream && { stream }),
  };
}
