import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Finding, Task } from './worker.js';

export interface Endured {
  mutations: number;
  /** Mutations that never ended, or took longer than two seconds. */
  hangs: number[];
  errors: Finding[];
  /** The slowest, in seconds of the processor. */
  slowest: number;
  /** The most that the process had at any time. */
  megabytes: number;
}

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
const HANG_SECONDS = 2;
/** A worker that stays on one mutation for so long, on however busy a machine, will not end. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 500;
const TELL_EVERY = 20_000;

/** In memory, where there is such a folder: writing a million files takes longer than reading them. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * Of the reader's thread. V8 lets garbage pile up in a process that reads for an hour; within this limit it collects it,
 * and a recording that needs more ends the thread.
 */
const LIMITS = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 32 };

/** Reads so many mutated recordings in this process, in a thread that can be ended when it hangs. */
export async function endureMany(mutations: number, seed: number): Promise<Endured> {
  const endured: Endured = { mutations, hangs: [], errors: [], slowest: 0, megabytes: 0 };
  for (let from = 0; from < mutations; ) {
    const folder = mkdtempSync(join(FOLDER, 'migwatch-hostile-'));
    const hung = await endureFrom({ folder, seed, from, to: mutations }, endured);
    rmSync(folder, { recursive: true });
    if (hung === undefined) break;
    endured.hangs.push(hung);
    from = hung + 1;
  }
  endured.megabytes = peak();
  return endured;
}

/** The mutation that did not end; undefined where all of them did. */
function endureFrom(task: Omit<Task, 'progress'>, endured: Endured): Promise<number | undefined> {
  const progress = new Int32Array(new SharedArrayBuffer(4)).fill(task.from);
  const workerData: Task = { ...task, progress };
  const worker = new Worker(WORKER, { workerData, resourceLimits: LIMITS });
  worker.on('message', (finding: Finding) => {
    endured.slowest = Math.max(endured.slowest, finding.seconds);
    if (finding.error) {
      endured.errors.push(finding);
      console.error(`mutation ${finding.index}: ${finding.error}`);
    }
    if (finding.seconds > HANG_SECONDS) endured.hangs.push(finding.index);
  });
  return new Promise((done, failed) => {
    let [seen, since] = [task.from, performance.now()];
    let told = task.from;
    const watch = setInterval(() => {
      if (progress[0]! >= told + TELL_EVERY) {
        told = progress[0]!;
        console.error(`${told} mutations`);
      }
      if (progress[0] !== seen) [seen, since] = [progress[0]!, performance.now()];
      else if (performance.now() - since > PATIENCE_MS) void worker.terminate();
    }, LOOK_EVERY_MS);
    worker.once('error', failed);
    worker.once('exit', () => {
      clearInterval(watch);
      done(progress[0]! < task.to ? progress[0] : undefined);
    });
  });
}

function peak(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
}
