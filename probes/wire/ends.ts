/** Addresses and ports as the bytes of a packet: 4 or 16 of the address, then 2 of the port or none. */

/** Such as `10.0.0.1:49152`, `[fd00::1]:49152` or `10.0.0.1`. */
export function endText(key: string): string {
  const bytes = Buffer.from(key, 'latin1');
  const hasPort = bytes.length % 4 === 2;
  const address = addressText(hasPort ? bytes.subarray(0, -2) : bytes);
  if (!hasPort) return address;
  const port = bytes.readUInt16BE(bytes.length - 2);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function addressOf(key: string): string {
  return key.length % 4 === 2 ? key.slice(0, -2) : key;
}

export function portOf(key: string): number {
  return key.length % 4 === 2 ? key.charCodeAt(key.length - 2) * 256 + key.charCodeAt(key.length - 1) : 0;
}

/** As RFC 5952 writes it. */
function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index));
  const gap = longestGap(words);
  const hex = (part: readonly number[]) => part.map(word => word.toString(16)).join(':');
  if (gap.length < 2) return hex(words);
  return `${hex(words.slice(0, gap.from))}::${hex(words.slice(gap.from + gap.length))}`;
}

/** The first of the longest runs of zeros. */
function longestGap(words: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < words.length; from++) {
    let length = 0;
    while (words[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  return best;
}
