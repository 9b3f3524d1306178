import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LAB_CALLER } from '../../src/system/trusted-file.js';
import { CLI } from '../support/headless.js';
import { needing } from '../support/needs.js';
import { exitOf } from '../support/run.js';
import { sharedProgram } from '../support/shared-program.js';
import { SUDO, USER } from '../support/sudo.js';

const test = suite('trusted files');
const asRoot = needing(test, { root: true });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'migwatch-trusted-')));
test.after(() => rmSync(folder, { recursive: true }));

const DETECTOR = `export default {
  name: 'mine', summary: '-', reads: ['reply'], options: {},
  create: () => ({ observe: () => ({ state: 'calm', score: 0, threshold: 0, why: '' }) }),
};`;

/** A folder with a detector and settings, both root's, which nobody else may write. */
function ours(name: string) {
  const place = join(folder, name);
  mkdirSync(place);
  const [detector, settings] = [join(place, 'mine.mjs'), join(place, 'config.json')];
  writeFileSync(detector, DETECTOR, { mode: 0o644 });
  writeFileSync(settings, '{"interval": "100ms"}', { mode: 0o644 });
  return { place, detector, settings };
}

// Root without sudo, unless a test says otherwise.
delete process.env.SUDO_UID;
const shared = sharedProgram();

/** Runs a command that reads settings and detectors: in a process of its own if it has an environment of its own. */
const withFiles = (detector: string, settings: string, env?: Record<string, string>) => {
  const watch = ['watch', '--headless', '--duration', '200ms', 'sim:vm'];
  const words = [...watch, '--detector', detector, '--config', settings];
  return env ? exitOf([process.execPath, CLI, ...words], env) : shared(words);
};

asRoot('as root: what only root could have written is read', async () => {
  const { detector, settings } = ours('kept');
  const link = join(folder, 'link.mjs');
  symlinkSync(detector, link);
  for (const path of [detector, link]) assert.is((await withFiles(path, settings)).code, 0);
});

asRoot('as root: what somebody else could have written or replaced is refused, with what to do', async () => {
  const loose = ours('loose');
  chmodSync(loose.detector, 0o666);
  const given = ours('given');
  chownSync(given.detector, USER, 0);
  const group = ours('group');
  chmodSync(group.settings, 0o664);
  const open = ours('open');
  chmodSync(open.place, 0o777);
  const foreign = ours('foreign');
  chownSync(foreign.place, USER, USER);
  const good = ours('good');
  const refused: [detector: string, settings: string, reason: RegExp][] = [
    [loose.detector, good.settings, /mine\.mjs can be written by others: chmod go-w .*mine\.mjs/],
    [given.detector, good.settings, /mine\.mjs belongs to user 65534: chown root .*mine\.mjs/],
    [good.detector, group.settings, /config\.json can be written by others: chmod go-w/],
    [open.detector, good.settings, /open can be written by others: chmod go-w .*open,/],
    [good.detector, foreign.settings, /foreign belongs to user 65534: chown root .*foreign,/],
  ];
  for (const [detector, settings, reason] of refused) {
    const { code, stderr } = await withFiles(detector, settings);
    assert.is(code, 2, stderr);
    assert.match(stderr, reason);
  }
});

asRoot('by sudo: files are read as the user, whatever their owner', async () => {
  chmodSync(folder, 0o755);
  const { detector, settings } = ours('sudo');
  chmodSync(detector, 0o666);
  assert.is((await withFiles(detector, settings, SUDO)).code, 0);
});

asRoot('in a lab by sudo, which stays root: files of the user who called it are read as well', async () => {
  const { place, detector, settings } = ours('lab');
  for (const each of [place, detector]) chownSync(each, USER, USER);
  const lab = { SUDO_UID: '0', SUDO_GID: '0' };
  assert.is((await withFiles(detector, settings, { ...lab, [LAB_CALLER]: String(USER) })).code, 0);
  assert.is((await withFiles(detector, settings, { ...lab, [LAB_CALLER]: '1' })).code, 2);
});

test.run();
