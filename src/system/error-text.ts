import { getSystemErrorMap } from 'node:util';

/** The system's message for a failed call, with its code, such as `no space left on device (ENOSPC)`. */
export function systemWords({ code, errno, message }: NodeJS.ErrnoException): string {
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words === undefined ? message : `${words} (${code})`;
}
