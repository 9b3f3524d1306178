import { unknownName } from '../src/core/format/nearest-name.js';
import {
  type OptionSpecs,
  type Options,
  parseSelection,
  resolveOptions,
} from '../src/core/validation/options.js';
import { announce } from './announce.js';
import { clock } from './clock.js';
import { icmpDatagram, icmpRaw } from './icmp.js';
import { netPing } from './net-ping.js';
import { ping } from './ping.js';
import type { Backend } from './prober.js';
import { sim } from './sim.js';
import { stream } from './stream.js';
import { tcp } from './tcp.js';

/** Every way of probing; those for hosts in the order in which they are tried. */
export const backends: readonly Backend[] = [icmpDatagram, icmpRaw, netPing, ping, tcp, sim];

/** What is asked beside the echo, where it is permitted; `stream` where the user names one. */
export const witnesses: readonly Backend[] = [clock, announce, stream];

const witnessProbes: ReadonlySet<string> = new Set(witnesses.map(({ probe }) => probe));

export function isWitness(probe: string): boolean {
  return witnessProbes.has(probe);
}

/** What `tcp://` and `sim:` targets are probed with, whatever the machine allows. */
export const BACKEND_OF_SCHEME = { tcp: tcp.name, sim: sim.name } as const;

/** The prober names of `--probe`, without repetition. */
export const probes: readonly string[] = [
  ...new Set([...backends, ...witnesses].map(backend => backend.probe)),
];

/** Throws a RangeError that names the nearest known backend. */
export function backendNamed(name: string): Backend {
  const found = backends.find(backend => backend.name === name);
  if (found) return found;
  throw unknownName(
    'backend',
    name,
    backends.map(backend => backend.name),
  );
}

/** Reads `--probe NAME[:k=v,…]`. Throws a RangeError that says what is not known or out of range. */
export function chooseProbe(text: string): { probe: string; options: Options<OptionSpecs> } {
  const { name, given } = parseSelection(text);
  const backend = [...backends, ...witnesses].find(candidate => candidate.probe === name);
  if (!backend) throw unknownName('probe', name, probes);
  const options = resolveOptions(name, backend.options, given);
  backend.checkOptions?.(options);
  return { probe: name, options };
}
