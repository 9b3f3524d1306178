import { createRequire } from 'node:module';
import type blessed from 'blessed';

const load = createRequire(import.meta.url);

/** The widgets in use: loading all forty of blessed's would delay the first frame by 15 ms. */
export const program = load('blessed/lib/program.js') as typeof blessed.program;
export const screen = load('blessed/lib/widgets/screen.js') as typeof blessed.screen;
export const box = load('blessed/lib/widgets/box.js') as typeof blessed.box;
