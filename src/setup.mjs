#!/usr/bin/env node
// Makes a checkout ready to run: installs packages, compiles, and joins modules, each only when it is missing or stale.
// After `npx tsc` alone the program runs as well, from single modules, and starts slower.
// Plain JavaScript, because it runs before anything is built.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = ['src', 'probes', 'detectors', 'test'];
const built = join(root, 'dist/.built');

const modified = path => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function newestSource() {
  const files = sources.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map(entry => join(entry.parentPath ?? entry.path, entry.name)),
  );
  return Math.max(
    ...['tsconfig.json', 'src/join.mjs'].map(file => modified(join(root, file))),
    ...files.map(modified),
  );
}

function run(what, command, args) {
  console.error(`migwatch: ${what} …`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error(
    `migwatch: ${what} failed (${command} ${args.join(' ')}): ${error?.message ?? `exit ${status}`}`,
  );
  process.exit(1);
}

const needed = [20, 19, 0];
const present = process.versions.node.split('.').map(Number);
const differing = needed.findIndex((part, index) => part !== present[index]);
if (differing >= 0 && present[differing] < needed[differing]) {
  console.error(
    `migwatch: needs Node ${needed.join('.')} or newer, this is ${process.version}. Install a newer Node and try again.`,
  );
  process.exit(1);
}
if (modified(join(root, 'node_modules/.package-lock.json')) < modified(join(root, 'package-lock.json')))
  run('installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
if (modified(built) < newestSource()) {
  run('building', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', root]);
  run('joining modules', process.execPath, [join(root, 'src/join.mjs')]);
  mkdirSync(dirname(built), { recursive: true });
  writeFileSync(built, '');
}
