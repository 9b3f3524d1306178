/** Bytes at a time, so that no call has too many arguments. */
const CHUNK = 8192;

/** Base64 (RFC 4648) of the bytes. `apply` takes them several times as fast as spreading does. */
export function bytesToBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK)
    binary += String.fromCharCode.apply(null, bytes.subarray(start, start + CHUNK) as unknown as number[]);
  return btoa(binary);
}

/** Throws where the text is no base64. */
export function bytesFromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
