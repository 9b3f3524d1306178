import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { whyNotLog } from './open-logs.js';

/** Logs that are open at once: fewer than the files that a process may have open. */
const MAX_LOGS = 500;

/**
 * The logs of a folder, in the order of their names, or the path itself if it is no folder. Calls `say` for each file that is
 * not a log, and for each folder in it. Throws a RangeError for a folder with no log, or with too many.
 */
export function logsIn(path: string, say: (text: string) => void): string[] {
  if (path === '-' || !statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  const files = entries
    .filter(entry => isFile(path, entry))
    .map(({ name }) => join(path, name))
    .sort();
  for (const { name } of entries.filter(entry => entry.isDirectory()))
    say(`${join(path, name)} is a folder: left out; name it too if it holds logs`);
  const logs = files.filter(file => {
    const why = whyNotLog(file);
    if (why !== undefined) say(`${why}: left out`);
    return why === undefined;
  });
  if (logs.length === 0) throw new RangeError(`${path}: none of its ${files.length} files is a log`);
  if (logs.length > MAX_LOGS)
    throw new RangeError(`${path} holds ${logs.length} logs, more than ${MAX_LOGS}: import them in parts`);
  return logs;
}

/** Whether it is a file, or a link to one. */
function isFile(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isFile() ?? false;
}
