import { MAX_NAME } from './backend.js';

const MAX_STATUS = 40;
const UUID = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+(\S.*?)\s*$/;

/** The domain in a row of `list --all --uuid --name`. */
export function domainOf(line: string): { uuid: string; name: string }[] {
  const [, uuid, name] = UUID.exec(line) ?? [];
  return uuid !== undefined && name!.length <= MAX_NAME ? [{ uuid, name: name! }] : [];
}

/** The states in the rows ` 1    web    running` of `list --all`, by the names of the domains. */
export function statesIn(lines: readonly string[]): ReadonlyMap<string, string> {
  const rows = lines.map(line => /^\s*(?:\d+|-)\s+(.*\S)\s{3,}(\S.*?)\s*$/.exec(line));
  return new Map(rows.flatMap(row => (row ? [[row[1]!, row[2]!.slice(0, MAX_STATUS)]] : [])));
}

/** The hardware addresses in a row of `domiflist`. */
export function macsIn(line: string): string[] {
  return line.toLowerCase().match(/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g) ?? [];
}

/** The address in a row of `domifaddr`. */
export function addressesIn(line: string): string[] {
  const [, address] = /\sipv[46]\s+([0-9a-f.:]+)\/\d+\s*$/i.exec(line) ?? [];
  return address === undefined ? [] : [address];
}
