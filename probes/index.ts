import { unknownName } from '../src/core/format/nearest-name.js';
import {
  type OptionSpecs,
  type Options,
  parseSelection,
  resolveOptions,
} from '../src/core/validation/options.js';
import { announce } from './announce.js';
import { clock } from './clock.js';
import { clockHttp } from './clock-http.js';
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
export const witnesses: readonly Backend[] = [clock, clockHttp, announce, stream];

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

/** The options of one prober that the user gave, and the URL for a target, if any. */
export interface ProbeChoice {
  probe: string;
  options: Options<OptionSpecs>;
  url?: string;
}

/** Reads `--probe NAME[:k=v,…]`. Throws a RangeError that says what is not known or out of range. */
export function chooseProbe(text: string): ProbeChoice {
  return chooseProbes([text])[0]!;
}

/** Reads several; options of one prober may come in several texts. */
export function chooseProbes(texts: readonly string[]): ProbeChoice[] {
  const given = new Map<string, Record<string, string>>();
  return texts.map(text => {
    const { name: probe } = parseSelection(text.replace(/:.*/s, ''));
    const backend = [...backends, ...witnesses].find(candidate => candidate.probe === probe);
    if (!backend) throw unknownName('probe', probe, probes);
    const { own, url } = splitUrl(text, backend.url?.option);
    given.set(probe, { ...given.get(probe), ...parseSelection(own).given });
    const options = resolveOptions(probe, backend.options, given.get(probe));
    backend.checkOptions?.(options);
    return { probe, options, ...(url !== undefined && { url }) };
  });
}

/** Parts the option with a URL, which is the last one, from the others. */
function splitUrl(text: string, option: string | undefined): { own: string; url?: string } {
  const at = option === undefined ? -1 : text.search(new RegExp(`[:,]${option}=`));
  return at < 0 ? { own: text } : { own: text.slice(0, at), url: text.slice(at + option!.length + 2) };
}
