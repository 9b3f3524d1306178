/** The shipped demonstration as its user sees it, in a terminal. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { closeScreens, openScreen } from '../support/screen.js';

const test = suite('the demonstration, replayed');
test.after.each(closeScreens);
const DEMO = ['replay', 'recordings/demo.jsonl', '--utc'];

/** Pauses, goes to a moment, and reads the screen once it shows what is looked for. */
async function at(moment: string, wanted: RegExp, size: { cols: number; rows: number }): Promise<string> {
  const screen = openScreen(DEMO, size);
  await screen.waitFor(/REPLAY/);
  screen.press(` g${moment}\r`);
  return screen.waitFor(text => text.includes(`${moment}.000`) && wanted.test(text));
}

test('the light is red while the viewer plays, in the eyes of both observers, as the hypervisor says', async () => {
  const text = await at('06:34:06', /also seen by hypervisor-A ■ RED/, { cols: 120, rows: 40 });
  assert.match(text, /hypervisor: STOP 06:33:57\.808 UTC, RESUME \+12 ms: migration completed/);
  assert.match(text, /── also seen by hypervisor-A ■ RED ─/);
  assert.match(text, /█ {2}■ RED/);
  assert.match(text, /► PLAYING 6\.\d s[\s\S]*never stalled/);
  assert.is(text.match(/migration 11\.8 ms/g)?.length, 2, 'in both graphs');
});

test('the outage stalls the viewer, and the light is amber; in 100x30 too', async () => {
  const text = await at('06:34:50', /STALLED/, { cols: 100, rows: 30 });
  assert.match(text, /4 of 4: no migration, but the VM's cable is cut for 12 s\./);
  assert.match(text, /── also seen by hypervisor-A ▲ AMBER ─/);
  assert.match(text, /▲ AMBER vm /);
  assert.match(text, /║ STALLED 0\.0 s/);
});

test.run();
