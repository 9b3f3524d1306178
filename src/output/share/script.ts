import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The page's modules, compiled for a browser. */
const BROWSER = new URL('../../../browser/', import.meta.url);
const MAIN = 'page/main.js';
const REQUIRE = /\brequire\("(\.[^"]+)"\)/g;

/** The charting library with its licence, as it is in its package. */
export function chartLibrary(): { script: string; style: string } {
  const { resolve } = createRequire(import.meta.url);
  const script = pathToFileURL(resolve('uplot/dist/uPlot.iife.min.js'));
  const text = (path: string) => readFileSync(new URL(path, script), 'utf8');
  const code = text('uPlot.iife.min.js');
  return { script: `/*\n${text('../LICENSE').trim()}\n*/\n${code}`, style: text('uPlot.min.css') };
}

/** The page's own script: its modules as functions in one text, since modules in a page cannot import each other. */
export function pageScript(): string {
  const modules = new Map<string, string>();
  link(MAIN, modules);
  const entries = [...modules].map(
    ([path, code]) => `${JSON.stringify(path)}: function (exports, require) {\n${code}\n}`,
  );
  return `'use strict';
(() => {
const modules = {
${entries.join(',\n')}
};
const loaded = {};
const load = path => {
  if (!loaded[path]) modules[path](loaded[path] = {}, load);
  return loaded[path];
};
load(${JSON.stringify(MAIN)});
})();
`;
}

/** Adds a module and those that it requires, by their paths. */
function link(path: string, modules: Map<string, string>): void {
  if (modules.has(path)) return;
  const required: string[] = [];
  const code = readFileSync(new URL(path, BROWSER), 'utf8').replace(REQUIRE, (_, name: string) => {
    const found = posix.join(posix.dirname(path), name);
    required.push(found);
    return `require(${JSON.stringify(found)})`;
  });
  modules.set(path, code);
  for (const each of required) link(each, modules);
}
