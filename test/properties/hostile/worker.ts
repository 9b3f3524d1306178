/** Reads mutated recordings, one after the other, and tells in shared memory which. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { seeded } from '../../../src/core/statistics/random.js';
import { endure, endureAll } from './endure.js';
import { mutated } from './mutate.js';
import { asFormerly, midSession } from './seeds.js';

export interface Task {
  folder: string;
  seed: number;
  from: number;
  to: number;
  /** The number of the mutation that is being read. */
  progress: Int32Array;
}

export interface Finding {
  index: number;
  error: string;
  seconds: number;
}

/** Every so many mutations go through every command. */
const ALL_EVERY = 211;
/** And so many have their state saved and loaded once more. */
const KEEP_EVERY = 7;

const { folder, seed, from, to, progress } = workerData as Task;
const path = join(folder, 'mutant.jsonl');
const brief = midSession(folder, 300);
const long = midSession(folder, 10_000);
const formerly = asFormerly(brief);
/** What is spoilt, and how much more often than the rest: a long one costs ten times as much. */
const seeds = [
  ...Array<readonly string[]>(74).fill(brief),
  ...Array<readonly string[]>(4).fill(formerly),
  long,
  asFormerly(long),
];

for (let index = from; index < to; index++) {
  progress[0] = index;
  const random = seeded(seed + index);
  writeFileSync(path, mutated(seeds[index % seeds.length]!, random));
  const [begun, used] = [performance.now(), process.cpuUsage()];
  let error = '';
  try {
    endure(path, index % KEEP_EVERY === 0);
    if (index % ALL_EVERY === 0) await endureAll(path);
  } catch (thrown) {
    error = String((thrown as Error).stack);
  }
  const { user, system } = process.cpuUsage(used);
  // Whoever waited for the processor did not hang.
  const seconds = Math.min((performance.now() - begun) / 1000, (user + system) / 1e6);
  if (error || seconds > 1) parentPort!.postMessage({ index, error, seconds } satisfies Finding);
}
progress[0] = to;
