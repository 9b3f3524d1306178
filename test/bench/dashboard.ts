/** What the screen costs, measured on the built program in a pseudo-terminal. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { openScreen, PROGRAM } from '../support/screen.js';
import { cpuTime } from './cpu.js';
import type { Row } from './row.js';

/** Long enough for the compiler to be done with the code that runs all the time. */
const SETTLING_MS = 12_000;
const MEASURED_MS = 20_000;
const STARTS = 5;
const TARGETS = Array.from({ length: 10 }, (_, index) => `vm${index}=sim:bench${index}`);

/**
 * What the dashboard costs: 10 simulated targets at 20 Hz, drawn on 120x40. Probing and judging cost the same
 * without a screen, so a headless session beside it tells the two apart.
 */
export async function dashboard(): Promise<Row[]> {
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start++) starts.push(await firstFrameMs());
  const median = starts.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)]!;
  const { whole, headless, bytes } = await running();
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return [
    {
      figure: 'dashboard, 120x40, 5 fps, 10 targets at 20 Hz: CPU',
      measured: `${percent(whole - headless)} of a core (${percent(whole)} with probing, ${percent(headless)} headless)`,
      target: '<= 3 %',
      ok: whole - headless <= 0.03,
    },
    {
      figure: 'the same: bytes to the terminal',
      measured: `${(bytes / 1000).toFixed(1)} kB/s`,
      target: '<= 10 kB/s',
      ok: bytes <= 10_000,
    },
    {
      figure: `the same: first frame after process start, median of ${STARTS}`,
      measured: `${median.toFixed(0)} ms`,
      target: '<= 300 ms',
      ok: median <= 300,
    },
  ];
}

const open = () => openScreen(TARGETS, { cols: 120, rows: 40 });

/** Counted until the last line has arrived; includes the shell's and the emulator's few milliseconds. */
async function firstFrameMs(): Promise<number> {
  const started = performance.now();
  const screen = open();
  await screen.waitFor(/q quit/);
  const taken = performance.now() - started;
  screen.press('q');
  await screen.exit;
  return taken;
}

/** CPU as shares of one core, and bytes a second. */
async function running(): Promise<{ whole: number; headless: number; bytes: number }> {
  const screen = open();
  const lines = spawn(process.execPath, [PROGRAM, '--headless', ...TARGETS], { stdio: 'ignore' });
  await screen.waitFor(/q quit/);
  await wait(SETTLING_MS);
  const read = () => [cpuTime(screen.pid()), cpuTime(lines.pid!), Buffer.byteLength(screen.raw())] as const;
  const before = read();
  const started = performance.now();
  await wait(MEASURED_MS);
  const after = read();
  const passed = performance.now() - started;
  screen.press('q');
  lines.kill();
  await screen.exit;
  const [whole, headless, bytes] = after.map((value, index) => (value - before[index]!) / passed);
  return { whole: whole!, headless: headless!, bytes: bytes! * 1000 };
}
