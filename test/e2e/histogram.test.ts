import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('the histogram on screen');
test.after(closeScreens);

const CYAN = 6;

test('h shows bars of colour, as high as there are answers, and takes them away', async () => {
  const screen = openScreen(['sim:vm', '-i', '10ms'], { cols: 120, rows: 40 });
  await screen.waitFor(/● GREEN vm/);
  const bars = () => {
    const rows = Array.from({ length: 40 }, (_, row) => screen.terminal.cells(row));
    const height = (column: number) => rows.filter(cells => cells[column]!.back === CYAN).length;
    return Array.from({ length: 120 }, (_, column) => height(column)).filter(cells => cells > 0);
  };
  assert.equal(bars(), []);
  screen.press('h');
  // Log-normal around 0.9 ms: one hump, so that it is lower at both ends than at its top.
  await screen.waitFor(() => {
    const heights = bars();
    const top = Math.max(0, ...heights);
    return top > 5 && heights.length >= 24 && heights[0]! < top && heights.at(-1)! < top;
  });
  screen.press('h');
  await screen.waitFor(() => bars().length === 0);
  screen.press('q');
  assert.is(await screen.exit, 0);
});

test.run();
