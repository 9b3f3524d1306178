import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen } from '../support/screen.js';
import { sideBySide } from '../support/side-by-side.js';

const test = sideBySide(suite('unseen events'));
test.after(closeScreens);

const RED = ['vm-a=sim:a', 'vm-b=sim:b', '--probe', 'sim:first=3s', '--hold', '1s'];

test('red events stay counted after their lights are green, until each was looked at', async () => {
  const screen = openScreen(RED, { cols: 100, rows: 30 });
  const counted = await screen.waitFor(/● 2\s+2 unseen/);
  assert.match(counted, /events, newest first · 2 unseen · e shows them, A marks all as seen/);
  screen.press('e');
  assert.match(await screen.waitFor(/around \d\d:\d\d/), / 1 unseen/);
  screen.press('e');
  assert.not.match(await screen.waitFor(text => !text.includes('unseen')), /■/);
});

test('one key acknowledges all, and a low screen has the count in its last line', async () => {
  const screen = openScreen(RED, { cols: 60, rows: 10 });
  await screen.waitFor(/2 unseen.*\n*$/);
  screen.press('A');
  await screen.waitFor(text => !text.includes('unseen'));
});

test.run();
