/**
 * Runs every `*.test.ts`, or those whose path holds a word given, each in its own process, a few at a time.
 * uvu exits 0 when nothing ran, a file forgets `.run()`, or a leaked timer hangs it: each is a failure here.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILE_LIMIT_MS = 100_000;
const TIMED = /^(faults|lab|probes|system)\/|e2e\/(flood|namespace|maintenance|stolen-port)/;
/** Begin before the others, since they take longest. */
const LONG = [/^faults\/clock/, /^e2e\/namespace/, /^lab\/lab/, /^(faults|fuzz)/, /^(e2e|recording)\//];
const rank = (file: string) =>
  (LONG.findIndex(long => long.test(file)) + LONG.length + 1) % (LONG.length + 1);
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  file: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  output: string;
}

function run(file: string): Promise<Outcome> {
  const built = join(root, 'dist/test', file.replace(/\.tsx?$/, '.js'));
  const child = spawn(process.execPath, [built], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const began = performance.now();
  const limit = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS);
  let output = '';
  child.stdout.on('data', text => (output += text));
  child.stderr.on('data', text => (output += text));
  return new Promise(done =>
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      const seconds = (performance.now() - began) / 1000;
      done({ file, ...count(output, code, signal), seconds, output });
    }),
  );
}

function count(output: string, code: number | null, signal: string | null) {
  const last = (label: string) =>
    Number([...output.matchAll(new RegExp(`^ +${label}: +(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
  const [total, passed, skipped] = [last('Total'), last('Passed'), last('Skipped')];
  const broken = total + skipped === 0 || signal !== null || (code !== 0 && passed === total);
  return { passed, skipped, failed: total - passed + (broken ? 1 : 0) };
}

// Under sudo the tests are root's; those that drop root say so themselves.
delete process.env.SUDO_UID;
const words = process.argv.slice(2);
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(
    file => /\.test\.tsx?$/.test(file) && (words.length === 0 || words.some(word => file.includes(word))),
  )
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
/** Asserts on real time, and mostly waits: runs before what would keep every core busy. */
const isTimed = (file: string) => TIMED.test(file);
const outcomes: Outcome[] = [];

async function runAll(files: readonly string[], lanes: number): Promise<void> {
  const waiting = [...files];
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) tell(await run(file));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function tell(outcome: Outcome): void {
  outcomes.push(outcome);
  const { file, failed, passed, seconds, output } = outcome;
  console.log(`${failed ? 'FAIL' : 'ok  '} ${file} (${passed} passed, ${seconds.toFixed(1)} s)`);
  for (const line of output.match(/^skipped: .*/gm) ?? []) console.log(`     ${line}`);
  if (failed) console.log(output || '(no output: does it call .run()?)');
}

const lanes = availableParallelism() + 1;
await runAll(files.filter(isTimed), lanes);
await runAll(
  files.filter(file => !isTimed(file)),
  lanes,
);

const sum = (field: 'passed' | 'failed' | 'skipped') =>
  outcomes.reduce((total, outcome) => total + outcome[field], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
