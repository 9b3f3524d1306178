import type { Backend, ProbeTarget } from '../../probes/prober.js';
import type { Millis } from '../core/sample.js';
import type { StreamInfo, TargetInfo } from '../core/session.js';
import type { TargetSpec } from '../plan/targets.js';
import type { BackendSupervisor } from './backend-supervisor.js';
import type { Address } from './resolve.js';

/** A target that was asked for; without a member while it can't be probed. */
export interface TargetRequest {
  spec: TargetSpec;
  phaseMs: Millis;
  /** Why there is no member, in words. */
  trouble: string;
  member?: ActiveTarget;
}

/** A target with everything that was found out about it. */
export interface ActiveTarget {
  spec: TargetSpec;
  backend: Backend;
  address: Address;
  phaseMs: Millis;
  /** Whoever probes it. */
  supervisors: readonly BackendSupervisor[];
  /** Added to a prober's own count, so that `seq` goes on after a prober had to be opened anew. */
  firstSeq: number;
  nextSeq: number;
  lastReplyAt: Millis;
  lookedUpAt: Millis;
  witnesses: readonly string[];
  clockReadAt: Millis;
  stream: StreamInfo | undefined;
}

/** A clock that was not read for this long is no witness. */
const CLOCK_SILENCE: Millis = 10_000;

export function probeTarget({ spec, address, phaseMs }: ActiveTarget): ProbeTarget {
  const { id, port, stream: url } = spec;
  return { id, ...address, ...(port !== undefined && { port }), ...(url !== undefined && { url }), phaseMs };
}

/** A target as the session tells of it at a moment. */
export function describe({ spec, trouble, member }: TargetRequest, time: Millis): TargetInfo {
  return member ? describeActive(member, time) : describeMissing(spec, trouble);
}

function describeMissing({ id, name }: TargetSpec, trouble: string): TargetInfo {
  return { target: id, name, address: '-', backend: '-', witnesses: [], simulated: false, trouble };
}

/** A guest that does not tell its clock is not said to. */
function describeActive(
  { spec, address, backend, witnesses, clockReadAt, stream }: ActiveTarget,
  time: Millis,
): TargetInfo {
  const simulated = spec.scheme === 'sim';
  const clockSilent = time - clockReadAt > CLOCK_SILENCE;
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
