import { readFileSync } from 'node:fs';

/** Of this build; the package's own file is the one place that says it. */
export const version: string = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
).version;
