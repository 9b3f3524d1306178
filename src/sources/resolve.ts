import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { TargetSpec } from '../plan/targets.js';

export interface Address {
  address: string;
  family: 4 | 6;
}

/** The numeric address of a target. Rejects with a message that names the host and the reason. */
export async function resolve(spec: TargetSpec, family?: 4 | 6): Promise<Address> {
  if (spec.scheme === 'sim') return { address: spec.host, family: 4 };
  const numeric = isIP(spec.host) as 0 | 4 | 6;
  if (numeric && (!family || numeric === family)) return { address: spec.host, family: numeric };
  if (numeric)
    throw new Error(`${spec.host} is an IPv${numeric} address, but -${family} allows only IPv${family}`);
  try {
    const found = await lookup(spec.host, { family: family ?? 0 });
    return { address: found.address, family: found.family as 4 | 6 };
  } catch (cause) {
    throw new Error(`${spec.host} does not resolve (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
