/**
 * Runs every `*.test.ts`, or those whose path holds a word given, a few processes at a time: each file in a process of its own,
 * but those that only compute together.
 * uvu exits 0 when nothing ran, a file forgets `.run()`, or a leaked timer hangs it: each is a failure here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Ends what hangs: ten times what the longest file takes beside two busy loops. */
const FILE_LIMIT_MS = 600_000;
/** Ends what goes on after its tests: a failed test may leave a process or a socket behind. */
const LINGERING_LIMIT_MS = 30_000;
/** They wait longer than they compute: they begin first, the longest first, and run beside files that compute. */
const WAITING = [
  ...[/^faults\/clock/, /^lab\/demo/, /^sources\/membership|e2e\/(namespace|replay|cli)\./],
  ...[/^(faults|lab|probes|system)\//, /^(e2e|alerts|recording\/recorder)/],
];
/** They compute for longest. */
const LONG = [/^(fuzz|properties\/|sources\/replay)/, /^recording\//];
/** They compute, start nothing and leave nothing, and load the same modules: as many processes as cores run them all. */
const TOGETHER = [
  /^(core|detectors|evaluation|plan|ui)\//,
  /^(probes\/(timing|thread|ping)|sources\/import|session)\//,
  /^properties\/(judge|recording|state|text|wire)/,
  /^(recording\/(damage|demo|format|golden|relearning|removed|state-rows|store)|sources\/(replay|seek|backlog))/,
];
const HOST = fileURLToPath(new URL('./support/test-host.js', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  file: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  processor: number;
  output: string;
}

interface Ended {
  output: string;
  code: number | null;
  signal: string | null;
  seconds: number;
}

const running = new Set<ChildProcess>();

const builtFrom = (file: string) => join(root, 'dist/test', file.replace(/\.tsx?$/, '.js'));

async function run(file: string): Promise<Outcome> {
  const { output, code, signal, seconds } = await runProcess([builtFrom(file)], /^ +Duration: /m);
  return { file, ...count(output, code, signal), seconds, processor: processorSeconds(output), output };
}

/** One after the other in one process. A file that the process did not come to, because it ended, has failed. */
async function runTogether(files: readonly string[]): Promise<Outcome[]> {
  const last = new RegExp(`^@@ ${builtFrom(files.at(-1)!)} `, 'm');
  const { output, signal } = await runProcess([HOST, ...files.map(builtFrom)], last);
  const parts = output.split(/^(@@ .*)\n/m);
  return files.map((file, index) => {
    const [part = '', mark = ''] = parts.slice(2 * index);
    const [seconds = 0, processor = 0] = mark.split(' ').slice(-2).map(Number);
    const isLast = index === files.length - 1;
    return { file, ...count(part, 0, isLast ? signal : null), seconds, processor, output: part };
  });
}

/**
 * In a process group of its own, with a shell that tells what processor time the files and all that they waited for took.
 * `over` is in the output when all tests are.
 */
function runProcess(words: readonly string[], over: RegExp): Promise<Ended> {
  const child = spawn('sh', ['-c', '"$@"; code=$?; times; exit $code', 'sh', process.execPath, ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const began = performance.now();
  const limit = setTimeout(() => end(child), FILE_LIMIT_MS);
  let output = '';
  let lingering: NodeJS.Timeout | undefined;
  child.stdout.on('data', text => {
    output += text;
    if (over.test(output)) lingering ??= setTimeout(() => end(child), LINGERING_LIMIT_MS);
  });
  child.stderr.on('data', text => (output += text));
  return new Promise(done =>
    child.on('close', (code, signal) => {
      running.delete(child);
      clearTimeout(limit);
      clearTimeout(lingering);
      const seconds = (performance.now() - began) / 1000;
      done({ output, code, signal, seconds });
    }),
  );
}

/** Ends a file and all that it started. */
function end({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
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
// Node reads this bundle of certificates at every start, for two thirds of the time of a start, and no test needs it.
delete process.env.NODE_EXTRA_CA_CERTS;
const words = process.argv.slice(2);
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter(
  file => /\.test\.tsx?$/.test(file) && (words.length === 0 || words.some(word => file.includes(word))),
);
const outcomes: Outcome[] = [];

async function runAll(queue: string[], lanes: number): Promise<void> {
  const lane = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) tell(await run(file));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Those of the first pattern first, and those of none last. */
function inOrder(patterns: readonly RegExp[], some: readonly string[]): string[] {
  const rank = (file: string) => patterns.findIndex(pattern => pattern.test(file)) >>> 0;
  return [...some].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function tell(outcome: Outcome): void {
  outcomes.push(outcome);
  const { file, failed, passed, seconds, processor, output } = outcome;
  const times = `${seconds.toFixed(1)} s, ${processor.toFixed(1)} s of processor`;
  console.log(`${failed ? 'FAIL' : 'ok  '} ${file} (${passed} passed, ${times})`);
  for (const line of output.match(/^skipped: .*/gm) ?? []) console.log(`     ${line}`);
  if (failed) console.log(output || '(no output: does it call .run()?)');
}

/** What the shell told last: user and system time of its children. */
function processorSeconds(output: string): number {
  const told = [...output.matchAll(/^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/gm)].at(-1)?.slice(1).map(Number);
  if (!told) return 0;
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = told;
  return (userMinutes + systemMinutes) * 60 + user + system;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const child of running) end(child);
    console.error(`ended by ${signal}`);
    process.exit(1);
  });

const isOf = (patterns: readonly RegExp[]) => (file: string) => patterns.some(pattern => pattern.test(file));
const waiting = files.filter(isOf(WAITING));
const together = files.filter(isOf(TOGETHER)).filter(file => !waiting.includes(file));
const alone = files.filter(file => !waiting.includes(file) && !together.includes(file));
const cores = availableParallelism();

/** Every n-th file: neighbours in one folder take about the same time. */
async function runShare(index: number): Promise<void> {
  const share = together.filter((_, place) => place % cores === index);
  if (share.length > 0) for (const outcome of await runTogether(share)) tell(outcome);
}

const computing = inOrder(LONG, alone);
await Promise.all([
  runAll(inOrder(WAITING, waiting), 2 * cores),
  ...Array.from({ length: cores }, (_, index) => runShare(index).then(() => runAll(computing, 1))),
]);

const sum = (field: 'passed' | 'failed' | 'skipped') =>
  outcomes.reduce((total, outcome) => total + outcome[field], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
