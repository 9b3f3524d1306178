// Joins the built program's modules to a few files, in place of `dist/src/cli.js`: Node takes about a millisecond to find,
// read and link each module, and a session has some 240. Every other file of `dist/` stays as the compiler wrote it.
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const built = join(fileURLToPath(new URL('.', import.meta.url)), '../dist/src');
const program = join(built, 'cli.js');
const joined = join(built, 'joined');

/** Imported on demand, and wanted by nearly every session on a screen. */
const SESSION = [
  'app/session/live.js',
  'plan/read-plan.js',
  'recording/record-session.js',
  'ui/dashboard/index.js',
].map(path => join(built, path));
/** The modules that work on recordings. */
const RECORDS = /\/src\/(evaluation|output|sources|recording|core|plan)\//;
/** The modules that import a package which most commands do not need: each stays in a file of its own. */
const APART = /\/src\/(output\/export-parquet|ui\/pane\/app)\.js$/;

const bundle = await rolldown({
  input: program,
  platform: 'node',
  preserveEntrySignatures: false,
  external: id => /^[^./]/.test(id),
  plugins: [{ name: 'keep-places', transform: keepPlaces }],
  // A command loads its parts when it runs; it is not a fault if another command has loaded them before.
  checks: { ineffectiveDynamicImport: false },
  onLog(level, log) {
    if (level === 'warn') throw new Error(log.message);
  },
});
await bundle.write({
  dir: built,
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: 'joined/[name].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ debugName: 'use', name: chunkNames() }],
  },
});

// The script of a shared page is one text, since modules in a page cannot import each other.
const page = await rolldown({ input: join(built, '../browser/page/main.js'), platform: 'browser' });
await page.write({ file: join(built, 'page/script.js'), format: 'iife', minify: true });

/** A module that starts a program or reads a file beside itself still finds it beside where the compiler put it. */
function keepPlaces(code, id) {
  if (!code.includes('import.meta.url')) return null;
  const place = `new URL(${JSON.stringify(relative(joined, id))}, import.meta.url).href`;
  return { code: code.replaceAll('import.meta.url', place), map: null };
}

/** Returns a module's file: `start` for what every command loads, `session`, `records`, `lab`; null for one of its own. */
function chunkNames() {
  let start;
  let session;
  return (id, graph) => {
    start ??= closure([program], new Set(), graph);
    session ??= closure(SESSION, start, graph);
    if (id === program || APART.test(id)) return null;
    if (start.has(id)) return 'start';
    if (session.has(id)) return 'session';
    if (id.includes('/src/lab/')) return 'lab';
    return RECORDS.test(id) ? 'records' : null;
  };
}

/** Returns the modules that load with the given ones, without those of `except`. */
function closure(roots, except, graph) {
  const found = new Set();
  const add = id => {
    const module = graph.getModuleInfo(id);
    if (!module || module.isExternal || found.has(id) || except.has(id)) return;
    found.add(id);
    module.importedIds.forEach(add);
  };
  roots.forEach(add);
  return found;
}
