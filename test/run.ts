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
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  file: string;
  passed: number;
  failed: number;
  skipped: number;
  output: string;
}

function run(file: string): Promise<Outcome> {
  const built = join(root, 'dist/test', file.replace(/\.tsx?$/, '.js'));
  const child = spawn(process.execPath, [built], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS);
  let output = '';
  child.stdout.on('data', text => (output += text));
  child.stderr.on('data', text => (output += text));
  return new Promise(done =>
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      done({ file, ...count(output, code, signal), output });
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
  .sort();
const waiting = [...files];
const outcomes: Outcome[] = [];
const lane = async () => {
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    const outcome = await run(file);
    outcomes.push(outcome);
    console.log(`${outcome.failed ? 'FAIL' : 'ok  '} ${file} (${outcome.passed} passed)`);
    for (const line of outcome.output.match(/^skipped: .*/gm) ?? []) console.log(`     ${line}`);
    if (outcome.failed) console.log(outcome.output || '(no output: does it call .run()?)');
  }
};
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane));

const sum = (field: 'passed' | 'failed' | 'skipped') =>
  outcomes.reduce((total, outcome) => total + outcome[field], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
