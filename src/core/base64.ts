/** Bytes at a time, so that no call has too many arguments. */
const CHUNK = 8192;

/** Base64 (RFC 4648) of the bytes. */
export function bytesToBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  return btoa(binary);
}

/** Throws where the text is no base64. */
export function bytesFromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), char => char.charCodeAt(0));
}
