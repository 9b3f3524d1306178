import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UI_FLOORS } from './architecture/ui-floors.js';

const PURE = ['src/core', 'detectors'];
const IMPURE_GLOBALS =
  /\b(process|Buffer|setTimeout|setInterval|setImmediate|performance|fetch|Date\.now|new Date\(\)|Math\.random)\b/;

const sourcesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => join(folder, name));

const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import .*|\} )from '([^']+)';$|import\('([^']+)'\)/gm)].map(
    match => (match[1] ?? match[2])!,
  );

const codeOf = (file: string) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, '');

const test = suite('architecture');

for (const file of PURE.flatMap(sourcesIn)) {
  test(`${file} is pure`, () => {
    for (const name of importsOf(file)) {
      assert.ok(!builtinModules.includes(name.replace('node:', '')), `imports ${name}`);
      const inside =
        name.startsWith('.') && PURE.some(folder => normalize(join(dirname(file), name)).startsWith(folder));
      assert.ok(inside, `imports ${name} from outside the pure folders`);
    }
    assert.not.match(codeOf(file), IMPURE_GLOBALS);
  });
}

const floorOf = (path: string) => UI_FLOORS.findIndex(floor => path.startsWith(`${floor}/`));

for (const file of sourcesIn('src/ui')) {
  test(`${file} imports from its own floor and those below`, () => {
    assert.not.equal(floorOf(file), -1, 'lies on no floor');
    const inside = importsOf(file)
      .map(name => normalize(join(dirname(file), name)))
      .filter(path => path.startsWith('src/ui/'));
    for (const path of inside)
      assert.ok(floorOf(path) >= 0 && floorOf(path) <= floorOf(file), `imports ${path}`);
  });
}

test('no file of src/ui imports itself by way of others', () => {
  const graph = new Map(
    sourcesIn('src/ui').map(file => [
      file,
      importsOf(file).map(name => normalize(join(dirname(file), name)).replace(/\.js$/, '.ts')),
    ]),
  );
  const cyclic: string[] = [];
  for (const start of graph.keys()) {
    const seen = new Set<string>();
    const open = [...graph.get(start)!];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      open.push(...(graph.get(file) ?? []));
    }
    if (seen.has(start)) cyclic.push(start);
  }
  assert.equal(cyclic, []);
});

test('only cli.ts ends the process, and a child its own', () => {
  const enders = ['src', 'probes', 'detectors']
    .flatMap(sourcesIn)
    .filter(file => /process\.exit\b/.test(codeOf(file)));
  assert.equal(
    enders.filter(file => !file.endsWith('/child.ts')),
    ['src/cli.ts'],
  );
});

test.run();
