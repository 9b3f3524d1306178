import { readdirSync, readFileSync } from 'node:fs';
import { USER } from './sudo.js';

const FIELDS = /^(Uid|Gid|Groups|Cap\w+|NoNewPrivs):\s*(.*?)\s*$/gm;

export type Rights = Record<string, string>;

/** What the kernel says of the rights of each thread, without repetition. */
export function rightsOf(pid: number): Rights[] {
  const threads = readdirSync(`/proc/${pid}/task`).map(thread => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    return JSON.stringify(
      Object.fromEntries([...status.matchAll(FIELDS)].map(([, name, value]) => [name, value])),
    );
  });
  return [...new Set(threads)].map(text => JSON.parse(text));
}

/** A set of capabilities as the kernel writes it. */
export const capabilities = (bits: number) => bits.toString(16).padStart(16, '0');

const NONE = capabilities(0);
const ids = Array(4).fill(USER).join('\t');

/** The user's rights, and no way to any others. */
export const ORDINARY: Rights = {
  ...{ Uid: ids, Gid: ids, Groups: String(USER), NoNewPrivs: '1' },
  ...{ CapInh: NONE, CapPrm: NONE, CapEff: NONE, CapBnd: NONE, CapAmb: NONE },
};

/** The processes below one, at any depth. */
export function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return children
    .filter(Boolean)
    .map(Number)
    .flatMap(child => [child, ...descendants(child)]);
}

/** The privileged process of a migwatch that runs at or below a pid. */
export function proberBelow(pid: number): number {
  const command = (each: number) => readFileSync(`/proc/${each}/cmdline`, 'utf8');
  return descendants(pid).find(each => command(each).includes('privileged/child.js'))!;
}
