import { addressText } from '../net/packet.js';

/** Addresses and ports as the bytes of a packet: 4 or 16 of the address, then 2 of the port or none. */

/** Such as `10.0.0.1:49152`, `[fd00::1]:49152` or `10.0.0.1`. */
export function endText(key: string): string {
  const bytes = Uint8Array.from(Buffer.from(key, 'latin1'));
  const isV4 = bytes.length <= 6;
  const address = addressText(new DataView(bytes.buffer), 0, isV4 ? 4 : 6);
  if (key.length % 4 !== 2) return address;
  const port = portOf(key);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function addressOf(key: string): string {
  return key.length % 4 === 2 ? key.slice(0, -2) : key;
}

export function portOf(key: string): number {
  return key.length % 4 === 2 ? key.charCodeAt(key.length - 2) * 256 + key.charCodeAt(key.length - 1) : 0;
}
