/** Draws the page of screenshots again, from the built program in a terminal emulator: `run.js [NAME…]`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeScreens, openScreen } from '../support/screen.js';
import { DARK } from './colors.js';
import { SHOTS, type Shot } from './list.js';
import { svgOf } from './svg.js';

const FOLDER = fileURLToPath(new URL('../../../.github/screens/', import.meta.url));
/** An empty cache, so that no index of another build is used. */
const CACHE = mkdtempSync(join(tmpdir(), 'migwatch-'));
const wanted = process.argv.slice(2);
const unknown = wanted.find(name => !SHOTS.some(shot => shot.name === name));
if (unknown) {
  console.error(`no screen "${unknown}": choose among ${SHOTS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

async function draw({ name, caption, argv, columns, rows, ground = DARK, lead }: Shot): Promise<void> {
  const screen = openScreen(argv, { cols: columns, rows, env: { XDG_CACHE_HOME: CACHE } });
  try {
    await lead(screen);
    const svg = svgOf(screen.terminal, caption, ground);
    writeFileSync(`${FOLDER}${name}.svg`, svg);
    console.log(`${name}.svg ${(svg.length / 1000).toFixed(0)} kB`);
  } finally {
    closeScreens();
  }
}

function page(): string {
  const parts = SHOTS.map(({ name, caption, argv }) => {
    const shown = argv.map(word => word.replace(/^\/.*\//, ''));
    return `## ${caption}\n\n\`migwatch ${shown.join(' ')}\`\n\n![${name}](${name}.svg)\n`;
  });
  return ['# Screens', 'What the program drew in a terminal, made by `npm run screens`.', ...parts].join(
    '\n\n',
  );
}

mkdirSync(FOLDER, { recursive: true });
for (const shot of SHOTS) if (wanted.length === 0 || wanted.includes(shot.name)) await draw(shot);
writeFileSync(`${FOLDER}README.md`, page());
rmSync(CACHE, { recursive: true });
