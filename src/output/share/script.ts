import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The page's modules, joined for a browser when migwatch is built. */
const SCRIPT = new URL('../../page/script.js', import.meta.url);

/** The charting library with its licence, as it is in its package. */
export function chartLibrary(): { script: string; style: string } {
  const { resolve } = createRequire(import.meta.url);
  const script = pathToFileURL(resolve('uplot/dist/uPlot.iife.min.js'));
  const text = (path: string) => readFileSync(new URL(path, script), 'utf8');
  const code = text('uPlot.iife.min.js');
  return { script: `/*\n${text('../LICENSE').trim()}\n*/\n${code}`, style: text('uPlot.min.css') };
}

/** The page's own script. */
export function pageScript(): string {
  return readFileSync(SCRIPT, 'utf8');
}
