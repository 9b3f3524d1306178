/** Gives this process and all that it starts folders of their own: no test reads or writes what is the user's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const home = mkdtempSync(join(tmpdir(), 'migwatch-home-'));
const NAMES = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'] as const;

/** What a program needs that does not get our whole environment. */
export const HOME = Object.fromEntries(
  NAMES.map(name => [name, join(home, name.slice(4, -5).toLowerCase())]),
);
Object.assign(process.env, HOME);
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
