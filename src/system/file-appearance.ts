import { existsSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Calls `appeared` whenever a file of this path is made, and returns the function that ends that. A folder that cannot be
 * watched, or is not there, causes no call.
 */
export function onAppearance(path: string, appeared: () => void): () => void {
  const name = basename(path);
  try {
    const watcher = watch(dirname(path), { persistent: false }, (kind, file) => {
      if (kind === 'rename' && file === name && existsSync(path)) appeared();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}
