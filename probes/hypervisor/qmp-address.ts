export type QmpAddress = { path: string } | { host: string; port: number };

/** Reads `/path`, `HOST:PORT` and `[IPv6]:PORT`. */
export function addressOf(text: string): QmpAddress | undefined {
  if (text.startsWith('/')) return { path: text };
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
