import { getSystemErrorMap } from 'node:util';

/** The system's own words for a failed call and the code to look up, such as `no space left on device (ENOSPC)`. */
export function systemWords({ code, errno, message }: NodeJS.ErrnoException): string {
  const words = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return words === undefined ? message : `${words} (${code})`;
}
