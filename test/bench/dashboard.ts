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

/** Each face with what it may cost beyond the probing and judging that all do, and send. */
const FACES = [
  { figure: 'dashboard, 120x40, 5 fps, 10 targets at 20 Hz', argv: [], rows: 40, cpu: 0.03, bytes: 10_000 },
  { figure: 'the same with --slow, a frame every 2 s', argv: ['--slow'], rows: 40, cpu: 0.03, bytes: 2000 },
  { figure: 'pane, 120x12, 2 fps, the same targets', argv: ['pane'], rows: 12, cpu: 0.03, bytes: 10_000 },
] as const;

/**
 * What the screens cost: 10 simulated targets at 20 Hz. Probing and judging cost the same without a screen, so a
 * headless session beside them tells the two apart.
 */
export async function dashboard(): Promise<Row[]> {
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start++) starts.push(await firstFrameMs());
  const median = starts.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)]!;
  const { faces, headless } = await running();
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return [
    ...FACES.flatMap(({ figure, cpu, bytes }, index): Row[] => {
      const face = faces[index]!;
      return [
        {
          figure: `${figure}: CPU`,
          measured: `${percent(face.cpu - headless)} of a core (${percent(face.cpu)} with probing, ${percent(headless)} headless)`,
          target: `<= ${percent(cpu)}`,
          ok: face.cpu - headless <= cpu,
        },
        {
          figure: `${figure}: bytes to the terminal`,
          measured: `${(face.bytes / 1000).toFixed(1)} kB/s`,
          target: `<= ${bytes / 1000} kB/s`,
          ok: face.bytes <= bytes,
        },
      ];
    }),
    {
      figure: `dashboard: first frame after process start, median of ${STARTS}`,
      measured: `${median.toFixed(0)} ms`,
      target: '<= 300 ms',
      ok: median <= 300,
    },
  ];
}

const open = (argv: readonly string[] = [], rows = 40) =>
  openScreen([...argv, ...TARGETS], { cols: 120, rows });

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
async function running(): Promise<{ faces: { cpu: number; bytes: number }[]; headless: number }> {
  const screens = FACES.map(({ argv, rows }) => open(argv, rows));
  const lines = spawn(process.execPath, [PROGRAM, '--headless', ...TARGETS], { stdio: 'ignore' });
  await Promise.all(screens.map(screen => screen.waitFor(/q quit/)));
  await wait(SETTLING_MS);
  const read = () => ({
    faces: screens.map(screen => [cpuTime(screen.pid()), Buffer.byteLength(screen.raw())] as const),
    headless: cpuTime(lines.pid!),
  });
  const before = read();
  const started = performance.now();
  await wait(MEASURED_MS);
  const after = read();
  const passed = performance.now() - started;
  for (const screen of screens) screen.press('q');
  lines.kill();
  await Promise.all(screens.map(({ exit }) => exit));
  return {
    faces: after.faces.map(([cpu, bytes], index) => ({
      cpu: (cpu - before.faces[index]![0]) / passed,
      bytes: ((bytes - before.faces[index]![1]) / passed) * 1000,
    })),
    headless: (after.headless - before.headless) / passed,
  };
}
