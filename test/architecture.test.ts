import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UI_LAYERS } from './architecture/ui-layers.js';
import { cyclesIn, filesImportedBy, importsOf, sourcesIn } from './support/imports.js';

/**
 * The layers of the program, from the bottom up: each folder, and the folders it may import, types included. A folder may name
 * only folders above it in this table, so two folders can't import each other.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  detectors: ['src/core'],
  'src/page': ['src/core'],
  'src/system': ['src/core'],
  probes: ['src/core', 'src/system'],
  'src/recording': ['src/core', 'src/system'],
  'src/session': ['src/core', 'src/system', 'src/recording'],
  'src/ui': ['src/core', 'src/system', 'src/recording', 'src/session'],
  'src/plan': ['src/core', 'detectors', 'src/system', 'probes', 'src/recording', 'src/session', 'src/ui'],
  'src/sources': [
    ...['src/core', 'detectors', 'src/system', 'probes', 'src/recording', 'src/session'],
    'src/plan',
  ],
  'src/evaluation': [
    ...['src/core', 'detectors', 'src/system', 'src/recording', 'src/session', 'src/ui'],
    'src/plan',
  ],
  'src/output': [
    ...['src/core', 'src/page', 'detectors', 'src/system', 'src/recording', 'src/session', 'src/ui'],
    'src/evaluation',
  ],
  'src/lab': [
    ...['src/core', 'src/system', 'probes', 'src/recording', 'src/session', 'src/plan'],
    ...['src/sources', 'src/evaluation', 'src/output'],
  ],
  'src/app': [
    ...['src/core', 'detectors', 'src/system', 'probes', 'src/recording', 'src/session', 'src/ui'],
    ...['src/plan', 'src/sources', 'src/evaluation', 'src/output', 'src/lab'],
  ],
  'src/cli.ts': [
    ...['src/core', 'detectors', 'src/system', 'probes', 'src/session', 'src/plan', 'src/output'],
    'src/app',
  ],
};

const PURE = ['src/core', 'detectors', 'probes/wire/protocols'];
const IMPURE_GLOBALS =
  /\b(process|Buffer|setTimeout|setInterval|setImmediate|performance|fetch|Date\.now|new Date\(\)|Math\.random)\b/;
/** Folders below `src/`, such as `src/output/report`. */
const MAX_DEPTH = 2;

const files = ['src', 'probes', 'detectors'].flatMap(sourcesIn).sort();
const graph = new Map(files.map(file => [file, filesImportedBy(file)]));
const folders = Object.keys(LAYERS);

const isIn = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);
const folderOf = (file: string) => folders.find(folder => isIn(file, folder));
const codeOf = (file: string) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, '');

/** The imports of a file that its folder may not make, as texts. */
const breachesOf = (file: string) => {
  const folder = folderOf(file)!;
  const allowed = [folder, ...LAYERS[folder]!];
  return graph
    .get(file)!
    .filter(imported => !allowed.includes(folderOf(imported) ?? ''))
    .map(imported => `${file} imports ${imported}`);
};

const test = suite('architecture');

test('every file is in a folder, at most two folders below src', () => {
  assert.equal(
    files.filter(file => folderOf(file) === undefined),
    [],
  );
  const tooDeep = files.filter(file => file.startsWith('src/') && file.split('/').length - 2 > MAX_DEPTH);
  assert.equal(tooDeep, []);
});

test('a folder may import only folders on lower layers', () => {
  for (const [index, folder] of folders.entries())
    for (const lower of LAYERS[folder]!)
      assert.ok(folders.indexOf(lower) < index, `${folder} names ${lower}`);
});

for (const folder of folders)
  test(`${folder} imports only what its layer allows`, () => {
    const own = files.filter(file => folderOf(file) === folder);
    assert.equal(own.flatMap(breachesOf), []);
  });

test('no files import each other, types included', () => {
  assert.equal(cyclesIn(graph), []);
});

test('a cycle is found, whether direct or through others', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['a', 'd']],
    ['d', []],
    ['e', ['f']],
    ['f', ['e', 'a']],
  ]);
  assert.equal(cyclesIn(graph), [
    ['a', 'b', 'c'],
    ['e', 'f'],
  ]);
});

for (const file of PURE.flatMap(sourcesIn)) {
  test(`${file} is pure`, () => {
    for (const name of importsOf(file))
      assert.not.ok(builtinModules.includes(name.replace('node:', '')), `imports ${name}`);
    for (const imported of filesImportedBy(file))
      assert.ok(
        PURE.some(folder => isIn(imported, folder)),
        `imports ${imported}, which is not pure`,
      );
    assert.not.match(codeOf(file), IMPURE_GLOBALS);
  });
}

const layerOf = (path: string) => UI_LAYERS.findIndex(layer => path.startsWith(`${layer}/`));

for (const file of sourcesIn('src/ui')) {
  test(`${file} imports from its own layer and those below`, () => {
    assert.not.equal(layerOf(file), -1, 'is in no layer');
    for (const imported of graph.get(file)!.filter(each => isIn(each, 'src/ui')))
      assert.ok(layerOf(imported) >= 0 && layerOf(imported) <= layerOf(file), `imports ${imported}`);
  });
}

test('only cli.ts ends the process, and a child its own', () => {
  const enders = files.filter(file => /process\.exit\b/.test(codeOf(file)));
  assert.equal(
    enders.filter(file => !file.endsWith('/child.ts')),
    ['src/cli.ts'],
  );
});

test.run();
