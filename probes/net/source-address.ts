import { networkInterfaces } from 'node:os';

/** The local address of an interface, given by its name or address; undefined if it has none of the family. */
export function sourceAddress(wanted: string | undefined, family: 4 | 6): string | undefined {
  const found = Object.entries(networkInterfaces())
    .flatMap(([name, list]) => (list ?? []).map(entry => ({ name, ...entry })))
    .find(entry => entry.family === `IPv${family}` && (entry.name === wanted || entry.address === wanted));
  return found?.scopeid ? `${found.address}%${found.name}` : found?.address;
}
