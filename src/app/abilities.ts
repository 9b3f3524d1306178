import type { HypervisorBackend } from '../../probes/hypervisor/backend.js';
import { hypervisors } from '../../probes/hypervisor/index.js';
import { BACKEND_OF_SCHEME, backends, witnesses } from '../../probes/index.js';
import type { Backend, Permission } from '../../probes/prober.js';
import type { Ability } from '../core/capabilities.js';

/** What this machine permits, tried here and now, in the order of the registries. */
export interface Survey {
  backends: readonly Surveyed<Backend>[];
  witnesses: readonly Surveyed<Backend>[];
  /** Their permission does not depend on the address family. */
  hypervisors: readonly Surveyed<HypervisorBackend>[];
}

export interface Surveyed<Tried> {
  tried: Tried;
  v4: Permission;
  v6: Permission;
}

/** Tries every backend, witness and hypervisor connection: `doctor` prints the result, and the tour shows it in a line. */
export async function survey(): Promise<Survey> {
  const [forHosts, beside, reporting] = await Promise.all([
    Promise.all(backends.map(tryBoth)),
    Promise.all(witnesses.map(tryBoth)),
    Promise.all(hypervisors.map(tryOnce)),
  ]);
  return { backends: forHosts, witnesses: beside, hypervisors: reporting };
}

/** The survey in a row of marks: the echo, then every witness and hypervisor. */
export function abilitiesOf({ backends, witnesses, hypervisors }: Survey): Ability[] {
  return [
    echoOf(backends),
    ...[...witnesses, ...hypervisors].map(({ tried, v4 }) => ability(tried.name, v4)),
  ];
}

/**
 * The best permitted backend for echoes. A time to connect is no echo, so that `tcp` does not count; `remedy` permits the
 * first backend.
 */
function echoOf(surveyed: Survey['backends']): Ability {
  const schemes: readonly string[] = Object.values(BACKEND_OF_SCHEME);
  const echoing = surveyed.filter(({ tried }) => !schemes.includes(tried.name));
  const used = echoing.find(({ v4 }) => v4.allowed);
  if (used) return { name: `echo (${used.tried.name})`, allowed: true };
  return ability('echo', echoing[0]!.v4);
}

function ability(name: string, permission: Permission): Ability {
  if (permission.allowed) return { name, allowed: true };
  const { remedy } = permission;
  return { name, allowed: false, ...(remedy !== undefined && { remedy }) };
}

async function tryBoth(tried: Backend): Promise<Surveyed<Backend>> {
  return { tried, v4: await tried.check(4), v6: await tried.check(6) };
}

async function tryOnce(tried: HypervisorBackend): Promise<Surveyed<HypervisorBackend>> {
  const permission = await tried.check();
  return { tried, v4: permission, v6: permission };
}
