/** What a day leaves behind in a pane's memory: 24 hours of steps and frames, as fast as they can be drawn. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { timeFormatOf } from '../../src/core/format/time-of-day.js';
import type { TerminalOutput } from '../../src/system/terminal.js';
import { frameOf } from '../../src/ui/pane/frame.js';
import { loadInk } from '../../src/ui/pane/ink.js';
import { InkOutput } from '../../src/ui/pane/ink-output.js';
import { PaneQueue } from '../../src/ui/pane/queue.js';
import { UNICODE } from '../../src/ui/style/glyphs.js';
import { paletteFor } from '../../src/ui/style/themes.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, START, SyntheticSession } from '../support/synthetic.js';
import type { Row } from './row.js';

const HOURS = 24;
/** A tenth of the frames that a day has, or this would take five minutes. */
const FRAME_MS = 5000;
const FRAMES_AN_HOUR = 3_600_000 / FRAME_MS;
/** One event a minute. */
const FRAMES_AN_EVENT = 60_000 / FRAME_MS;
const SIZE = { columns: 80, rows: 6 };

/** By the first hours all rings and caches are filled. */
const FILLED_AFTER_HOURS = 4;

export async function paneDay(): Promise<Row[]> {
  const session = new SyntheticSession(['web', 'db']);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  const news = new PaneQueue();
  const { mount } = await loadInk();
  let bytes = 0;
  const write = (text: string) => {
    bytes += text.length;
  };
  const ink = new InkOutput({ ...SIZE, write } as unknown as TerminalOutput);
  const look = { glyphs: UNICODE, palette: paletteFor(256), wall: timeFormatOf('utc', START) };
  const frameAt = (now: number) =>
    frameOf(
      { state, info: session.info, now, holdMs: 30_000 },
      { ...news.next([]), help: false },
      SIZE,
      look,
    );
  const mounted = mount(ink, frameAt(START));
  const heaps: number[] = [];
  for (let frame = 1; frame <= HOURS * FRAMES_AN_HOUR; frame++) {
    for (const step of session.take(FRAME_MS / 1000)) state.take(step);
    if (frame % FRAMES_AN_EVENT === 0) {
      const event = { ...migrationOf('10.0.0.2'), id: `e${frame}` };
      state.events.put(event);
      news.take(event);
    }
    mounted.show(frameAt(START + frame * FRAME_MS));
    ink.commit();
    if (frame % FRAMES_AN_HOUR !== 0) continue;
    // React and ink clean up in their own time.
    await new Promise(done => setTimeout(done, 5));
    heaps.push(heapAfterCollection());
  }
  mounted.unmount();
  const [early, late] = [heaps[FILLED_AFTER_HOURS - 1]!, heaps.at(-1)!];
  const grown = late - early;
  return [
    {
      figure: `pane: memory over a day of 2 targets at 20 Hz and an event a minute`,
      measured: `${megabytes(late)} of heap, ${megabytes(grown)} more than after ${FILLED_AFTER_HOURS} hours; ${(bytes / (HOURS * 3600)).toFixed(0)} B/s drawn`,
      target: '<= 1 MB more',
      ok: grown <= 1_000_000,
    },
  ];
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
