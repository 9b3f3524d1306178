/**
 * `test-host.js FILE…` runs test files one after the other in one process, for `run.ts`: most of a short test is Node loading
 * and compiling what the next one loads, too. After the output of each file it writes a line: `@@`, the file, and its
 * seconds of wall clock and of processor.
 */
import { pathToFileURL } from 'node:url';

// By these two globals, uvu's own runner of files takes the place of its running each at once.
const uvu = globalThis as { UVU_DEFER?: number; UVU_QUEUE?: unknown[][] };
uvu.UVU_DEFER = 1;
uvu.UVU_QUEUE = [];
const { exec } = await import('uvu');

for (const file of process.argv.slice(2)) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  uvu.UVU_QUEUE.splice(0, Number.POSITIVE_INFINITY, [null]);
  try {
    await import(pathToFileURL(file).href);
    await exec();
  } catch (error) {
    console.log(error);
  }
  const { user, system } = process.cpuUsage(used);
  console.log(`@@ ${file} ${(performance.now() - began) / 1000} ${(user + system) / 1e6}`);
}
