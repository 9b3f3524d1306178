import { basename } from 'node:path';

/** The name of a log's file without its endings, such as those of a compressed one. */
export function nameOf(path: string): string {
  return basename(path)
    .replace(/\.(?:gz|zst|xz)$/, '')
    .replace(/\.\w{1,5}$/, '');
}
