/**
 * A day of a simulated VM in the whole program, a thousand times as fast: recorded, on screen, a key pressed now and
 * then. Its migrations are counted against those that the model had.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { MigrationEvent } from '../../src/core/event.js';
import { type Entry, isSample } from '../../src/recording/reader.js';
import { readAll } from '../recording/session.js';
import { openScreen } from '../support/screen.js';
import { pressing, rssOf } from './load.js';
import type { Row } from './row.js';

const SPEED = 1000;
const DAY_MS = 86_400_000;
/** Ten minutes of every single probe, and the detectors' windows, are full long before. */
const WARM_UP_MS = 15_000;
const EVERY_MS = 45_000;

export async function day(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-day-'));
  const recording = join(folder, 'day.jsonl');
  const argv = ['sim:vm', '-i', '100ms', '-d', '1d', '--speed', `${SPEED}`, `--record=${recording}`];
  const screen = openScreen(argv, { cols: 120, rows: 40 });
  try {
    const began = performance.now();
    await screen.waitFor(/q quit/);
    await wait(WARM_UP_MS);
    const warm = rssOf(screen.pid());
    const keys = await pressing(screen, DAY_MS / SPEED - WARM_UP_MS - 5000);
    const late = rssOf(screen.pid());
    await screen.exit;
    const took = (performance.now() - began) / 1000;
    const { samples, entries } = readAll(recording);
    const events = new Map(entries.flatMap(entry => eventOf(entry) ?? []).map(event => [event.id, event]));
    const first = samples[0]!.at;
    const told = new Set(
      [...events.values()].map(({ startedAt }) => Math.floor((startedAt - first) / EVERY_MS)),
    );
    const grown = late / warm - 1;
    const due = Math.floor((samples.at(-1)!.at - first) / EVERY_MS);
    return [
      {
        figure: 'a day of a simulated VM at 10 Hz, on screen and recorded, at 1000x',
        measured: `${samples.length} samples in ${took.toFixed(0)} s, ${told.size} of ${due} migrations, ${events.size - told.size} false; a key after ${Math.max(...keys).toFixed(0)} ms at most; ${(warm / 1024).toFixed(0)} MB, ${(grown * 100).toFixed(0)} % more at the end`,
        target: 'all but the first or last, none false, <= 20 % more',
        ok: told.size >= due - 1 && events.size === told.size && grown <= 0.2,
      },
    ];
  } finally {
    screen.press('q');
    rmSync(folder, { recursive: true });
  }
}

function eventOf(entry: Entry): MigrationEvent | undefined {
  return !isSample(entry) && entry.type === 'event' ? entry.data : undefined;
}
