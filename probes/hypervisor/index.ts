import { safeJson } from '../../src/core/format/safe-json.js';
import type { HypervisorBackend } from './backend.js';
import { libvirt } from './libvirt.js';
import { qmp } from './qmp.js';

/** Every kind of hypervisor connection. */
export const hypervisors: readonly HypervisorBackend[] = [qmp, libvirt];

/** A connection that the user asks for. */
export interface HypervisorSpec {
  /** As the user wrote it, without the target: the name of the connection wherever it is shown. */
  name: string;
  backend: HypervisorBackend;
  address: string;
  /** The label, name or identity of the target that its only domain is. */
  label?: string;
}

/** Reads `qmp:/run/vm.qmp=web` and `libvirt:URI`. Throws a RangeError that says what is wrong. */
export function parseHypervisor(text: string): HypervisorSpec {
  const backend = hypervisors.find(({ name }) => text.startsWith(`${name}:`));
  if (!backend)
    throw new RangeError(
      `${safeJson(text)} is not a hypervisor: write ${hypervisors.map(({ form }) => form).join(', or ')}`,
    );
  const rest = text.slice(backend.name.length + 1);
  const at = backend.single ? rest.lastIndexOf('=') : -1;
  const [address, label] = at < 0 ? [rest] : [rest.slice(0, at), rest.slice(at + 1)];
  try {
    if (label === '') throw new RangeError('the target after = is missing');
    backend.checkAddress(address!);
  } catch (cause) {
    throw new RangeError(`${safeJson(text)}: ${(cause as Error).message}; write ${backend.form}`, { cause });
  }
  return {
    name: `${backend.name}:${address}`,
    backend,
    address: address!,
    ...(label !== undefined && { label }),
  };
}

/** Reads several. Throws a RangeError if two are the same connection. */
export function parseHypervisors(texts: readonly string[]): HypervisorSpec[] {
  const specs = texts.map(parseHypervisor);
  const twice = specs.find(({ name }, index) => specs.findIndex(other => other.name === name) < index);
  if (twice) throw new RangeError(`--hypervisor ${twice.name} is given twice: give it once`);
  return specs;
}
