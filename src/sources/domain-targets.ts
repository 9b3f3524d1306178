import { readFileSync } from 'node:fs';
import { type DomainIdentity, MAX_DOMAINS } from '../../probes/hypervisor/backend.js';
import type { HypervisorSpec } from '../../probes/hypervisor/index.js';
import { getOrMake } from '../core/get-or-make.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { TargetInfo } from '../core/session-info.js';
import { monotonicNow } from '../system/clock.js';

/** The kernel's table of IPv4 neighbours: address, type, flags, hardware address, mask, device. */
const NEIGHBOURS = '/proc/net/arp';
const NO_MAC = '00:00:00:00:00:00';
/** The addresses of one target: it has one, and another after a failover. */
const MAX_MACS = 8;
const FOUND_FOR_MS: Millis = 1000;
/** Domains that are kept: those of several hypervisors. */
const MAX_KEPT = MAX_DOMAINS * 10;

/** Which target a hypervisor's domain is: by the user's label, by name, by address, or by hardware address. */
export class DomainTargets {
  private readonly identities = new Map<string, DomainIdentity>();
  /** What was found, and until when that holds: targets come and go, and a domain reports ten times a second. */
  private readonly found = new Map<string, { target: TargetId | undefined; until: Millis }>();
  /** Hardware addresses as targets announced them. */
  private readonly macs = new Map<TargetId, Set<string>>();

  constructor(private readonly targets: () => readonly TargetInfo[]) {}

  /** Learns the hardware address that a target announces. */
  observe({ target, outcome }: Sample): void {
    if (outcome.kind !== 'announce') return;
    const macs = getOrMake(this.macs, target, () => new Set<string>());
    if (macs.size < MAX_MACS) macs.add(outcome.mac.toLowerCase());
  }

  put({ name }: HypervisorSpec, identity: DomainIdentity): void {
    const key = keyOf(name, identity.name);
    putNewest(this.identities, key, identity);
    this.found.delete(key);
  }

  /** The target that the domain is; undefined if it is not a target. */
  find(spec: HypervisorSpec, domain: string): TargetId | undefined {
    const key = keyOf(spec.name, domain);
    const now = monotonicNow();
    const known = this.found.get(key);
    if (known && now < known.until) return known.target;
    const identity = this.identities.get(key) ?? { name: domain, macs: [], addresses: [] };
    const target = this.match(spec, identity, this.targets())?.target;
    putNewest(this.found, key, { target, until: now + FOUND_FOR_MS });
    return target;
  }

  private match(
    { label }: HypervisorSpec,
    { name, macs, addresses }: DomainIdentity,
    targets: readonly TargetInfo[],
  ): TargetInfo | undefined {
    const called = (text: string) => targets.find(each => each.name === text || each.target === text);
    if (label !== undefined) return called(label);
    const byAddress = targets.find(({ address }) => addresses.includes(address));
    return byAddress ?? this.byMac(macs, targets) ?? (name === '' ? undefined : called(name));
  }

  private byMac(macs: readonly string[], targets: readonly TargetInfo[]): TargetInfo | undefined {
    if (macs.length === 0) return undefined;
    const neighbours = neighbourMacs();
    return targets.find(({ target, address }) => {
      const own = [neighbours.get(address), ...(this.macs.get(target) ?? [])];
      return own.some(mac => mac !== undefined && macs.includes(mac));
    });
  }
}

/** Keeps the newest: domains come and go. */
function putNewest<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_KEPT) map.delete(map.keys().next().value!);
}

function keyOf(connection: string, domain: string): string {
  return `${connection}\n${domain}`;
}

/** Hardware addresses by IPv4 address; empty where the kernel has no such table. */
function neighbourMacs(): Map<string, string> {
  try {
    const rows = readFileSync(NEIGHBOURS, 'utf8').split('\n').slice(1);
    const pairs = rows.map(row => row.trim().split(/\s+/));
    return new Map(
      pairs.flatMap(([ip, , , mac]) => (mac && mac !== NO_MAC ? [[ip!, mac.toLowerCase()]] : [])),
    );
  } catch {
    return new Map();
  }
}
