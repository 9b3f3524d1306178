/**
 * Runs the command line again and again in one process, for `shared-program.ts`: `cli.js` is loaded anew for each run, and
 * what it imports is shared. Messages in are the words of a command line, messages out its exit codes; the argument is the
 * mark that ends a run's part of standard output and standard error.
 */
import { fileURLToPath } from 'node:url';

const CLI = new URL('../../src/cli.js', import.meta.url).href;
const [mark = ''] = process.argv.slice(2);
const HANDLED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'];
const { exit } = process;
let runs = 0;

process.on('message', async (words: string[]) => {
  process.argv = [process.execPath, fileURLToPath(CLI), ...words];
  const code = await new Promise<number>(resolve => {
    process.exit = resolve as typeof process.exit;
    void import(`${CLI}?run=${runs++}`);
  });
  for (const event of HANDLED) process.removeAllListeners(event);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error').removeAllListeners('drain');
    stream.write(mark);
  }
  process.send!(code);
});
process.on('disconnect', () => exit());
