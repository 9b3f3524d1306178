/** Sixty targets on a terminal: sorted, filtered, grouped and folded by keys and by the mouse. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen, type Screen } from '../support/screen.js';

const test = suite('a long list on a terminal');
test.after.each(closeScreens);

const TARGETS = ['web', 'db', 'cache'].flatMap(name =>
  Array.from({ length: 20 }, (_, index) => `${name}-${index + 1}=sim:${name}${index + 1}`),
);
const [PAGE_DOWN, END, HOME] = ['\x1b[6~', '\x1b[F', '\x1b[H'];
const click = (column: number, row: number) =>
  `\x1b[<0;${column + 1};${row + 1}M\x1b[<0;${column + 1};${row + 1}m`;

async function open(cols: number, rows: number): Promise<Screen> {
  const screen = openScreen(['-i', '500ms', ...TARGETS], { cols, rows });
  await screen.waitFor(/▸ ● GREEN web-1 [\s\S]*● GREEN web-2 [\s\S]*q quit/);
  return screen;
}

function rowOf(screen: Screen, text: string): number {
  const row = screen
    .text()
    .split('\n')
    .findIndex(line => line.includes(text));
  assert.ok(row >= 0, `${text} is on the screen`);
  return row;
}

test('typed text filters at once, and Esc clears it in the prompt and outside of it; groups fold, and arrows skip them', async () => {
  const screen = await open(120, 40);
  screen.press('/');
  await screen.waitFor(/filter: +Enter/);
  screen.press('CHE-2');
  await screen.waitFor(/filter: CHE-2/);
  const text = await screen.waitFor(/● 60 +2 of 60 match “CHE-2”/);
  assert.match(text, /▸ ● GREEN cache-2 [\s\S]*● GREEN cache-20 /);
  assert.not.match(text, /GREEN web/);
  screen.press('\x1b');
  await screen.waitFor(/▸ ● GREEN web-1 /);
  screen.press('/nowhere\r');
  await screen.waitFor(/no target matches “nowhere”; Esc clears the filter/);
  screen.press('\x1b');
  await screen.waitFor(/▸ ● GREEN web-1 /);
  // Groups fold by key and by click, are walked over, and a click still chooses what it points at.
  screen.press('GZ');
  await screen.waitFor(/▸ ● GREEN ▹ web \(20\)[^\n]*\n +● GREEN ▹ db \(20\)[^\n]*\n +● GREEN ▹ cache \(20\)/);
  screen.press('j');
  await screen.waitFor(/▸ ● GREEN ▹ db[\s\S]*── db-1 /);
  screen.press('z');
  await screen.waitFor(/▾ db \(20\)[^\n]*\n▸ ● GREEN db-1 /);
  screen.press(click(20, rowOf(screen, 'GREEN db-4 ')));
  await screen.waitFor(/▸ ● GREEN db-4 /);
  screen.press(click(20, rowOf(screen, '▾ db (20)')));
  await screen.waitFor(/▸ ● GREEN ▹ db [\s\S]*── db-4 /);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test('a list is sorted by name both ways, and paged to its ends; in 40x10 a filter works and is shown', async () => {
  const screen = await open(80, 24);
  screen.press('ss');
  await screen.waitFor(/target▾/);
  screen.press(HOME);
  await screen.waitFor(/▸ ● GREEN cache-1 [\s\S]*cache-2 /);
  screen.press('S');
  await screen.waitFor(/target▴/);
  screen.press(HOME);
  await screen.waitFor(/▸ ● GREEN web-20 [\s\S]*web-19 /);
  screen.press(PAGE_DOWN);
  await screen.waitFor(/▸ ● GREEN web-1[0-9] /);
  screen.press(END);
  await screen.waitFor(/▸ ● GREEN cache-1 /);
  screen.press('S');
  await screen.waitFor(/target▾/);
  screen.resize(40, 10);
  screen.press('/db-1*\r');
  await screen.waitFor(text => /\/db-1\* 11 /.test(text) && /▸ ● GREEN db-1 .*\n +● GREEN db-10 /.test(text));
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test.run();
