/**
 * Runs test files one after the other in one process, for `run.ts`. Messages in are paths of built files. After the output of
 * each file it writes a line: `@@`, the file, its seconds of processor, and what it left behind, if it did.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import './home.js';

/** How long what a file started may take to end after its last test. */
const LINGERING_LIMIT_MS = 30_000;
const TICKS_PER_SECOND = 100;

// By these two globals, uvu's own runner of files takes the place of its running each at once.
const uvu = globalThis as { UVU_DEFER?: number; UVU_QUEUE?: unknown[][] };
uvu.UVU_DEFER = 1;
uvu.UVU_QUEUE = [];
const { exec } = await import('uvu');
const environment = { ...process.env };
// They become pipes of this process when they are first asked for.
for (const stream of [process.stdout, process.stderr]) stream.write('');
let usual: readonly string[] | undefined;

process.on('message', async (file: string) => {
  const used = processorSeconds();
  usual ??= process.getActiveResourcesInfo();
  restoreEnvironment();
  uvu.UVU_QUEUE!.splice(0, Number.POSITIVE_INFINITY, [null]);
  try {
    await import(pathToFileURL(file).href);
    await exec();
  } catch (error) {
    console.log(error);
  }
  const left = await leftBehind(usual);
  process.stdout.write(`\n@@ ${file} ${(processorSeconds() - used).toFixed(2)} ${left.join(', ')}\n`);
});
process.on('disconnect', () => process.exit());

/** A file may change the time zone or the path of programs for itself. */
function restoreEnvironment(): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** What keeps this process from its end, beyond the usual; waits for what is about to end. */
async function leftBehind(before: readonly string[]): Promise<string[]> {
  for (const end = performance.now() + LINGERING_LIMIT_MS; ; await sleep(20)) {
    const left = process.getActiveResourcesInfo();
    for (const each of before) if (left.includes(each)) left.splice(left.indexOf(each), 1);
    if (left.length === 0 || performance.now() > end) return left;
  }
}

/** Of this process and all that it waited for. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  const [childrenUser = 0, childrenSystem = 0] = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(13, 15)
    .map(Number);
  return (user + system) / 1e6 + (childrenUser + childrenSystem) / TICKS_PER_SECOND;
}
