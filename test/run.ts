/**
 * Runs every `*.test.ts`, or those whose path holds a word given, in a few processes at a time. A process runs one file after
 * the other, because most of a short test is Node loading what the next one loads, too.
 * It is a failure if no test of a file ran, or if a file leaves a timer, a socket or a process behind.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Ends what hangs: ten times what the longest file takes beside two busy loops. */
const FILE_LIMIT_MS = 600_000;
/** They wait longer than they compute: they begin first, the longest first, and run beside files that compute. */
const WAITING = [
  ...[/^faults\/clock/, /^lab\/demo/, /^sources\/membership|e2e\/(namespace|replay|cli)\./],
  ...[/^(faults|lab|probes|system)\//, /^(e2e|alerts|recording\/recorder)/],
];
/** They compute for longest. */
const LONG = [/^(fuzz|properties\/|sources\/replay)/, /^recording\//];
const HOST = fileURLToPath(new URL('./support/test-host.js', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  file: string;
  passed: number;
  failed: number;
  skipped: number;
  /** Of wall clock, and of processor; that of processes which the file did not wait for is missing. */
  seconds: number;
  processor: number;
  output: string;
}

const running = new Set<ChildProcess>();

const builtFrom = (file: string) => join(root, 'dist/test', file.replace(/\.tsx?$/, '.js'));

/** A process that runs test files, one after the other. It leads a process group of its own. */
class Host {
  private readonly child = fork(HOST, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  private output = '';
  private onOutput = () => {};
  private ended = false;

  constructor() {
    running.add(this.child);
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.onOutput();
      });
    this.child.on('close', () => {
      running.delete(this.child);
      this.ended = true;
      this.onOutput();
    });
  }

  /** Resolves when the file's last test is over, or when the process has ended in the middle. */
  async run(file: string): Promise<Outcome> {
    const began = performance.now();
    const limit = setTimeout(() => this.end(), FILE_LIMIT_MS);
    const over = new RegExp(`^@@ ${builtFrom(file)} (\\S+) ?(.*)\n`, 'm');
    this.output = '';
    this.child.send(builtFrom(file));
    const mark = await new Promise<RegExpExecArray | null>(resolve => {
      this.onOutput = () => {
        const found = over.exec(this.output);
        if (found || this.ended) resolve(found);
      };
      this.onOutput();
    });
    clearTimeout(limit);
    const [, processor = 0, left = ''] = mark ?? [];
    const seconds = (performance.now() - began) / 1000;
    const faults = [mark ? '' : 'its process ended', left && `it left behind: ${left}`].filter(Boolean);
    const output = `${this.output.replace(over, '')}${faults.join('\n')}`;
    return { file, ...count(output, faults.length > 0), seconds, processor: Number(processor), output };
  }

  /** Lets the process end by itself, so that it cleans up; one that a file failed in is ended with all that it started. */
  close(): void {
    this.child.disconnect();
  }

  end(): void {
    end(this.child);
  }
}

/** Ends a process and all that it started. */
function end({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function count(output: string, isBroken: boolean) {
  const last = (label: string) =>
    Number([...output.matchAll(new RegExp(`^ +${label}: +(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
  const [total, passed, skipped] = [last('Total'), last('Passed'), last('Skipped')];
  const broken = isBroken || total + skipped === 0;
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

/** Takes files from the queue until it is empty. A process in which a file failed runs no other. */
async function runAll(queue: string[], hosts: number): Promise<void> {
  const runQueue = async () => {
    let host: Host | undefined;
    for (let file = queue.shift(); file; file = queue.shift()) {
      host ??= new Host();
      const outcome = await host.run(file);
      tell(outcome);
      if (outcome.failed === 0) continue;
      host.end();
      host = undefined;
    }
    host?.close();
  };
  await Promise.all(Array.from({ length: hosts }, runQueue));
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

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const child of running) end(child);
    console.error(`ended by ${signal}`);
    process.exit(1);
  });

const isWaiting = (file: string) => WAITING.some(pattern => pattern.test(file));
const cores = availableParallelism();
await Promise.all([
  runAll(inOrder(WAITING, files.filter(isWaiting)), 2 * cores),
  runAll(
    inOrder(
      LONG,
      files.filter(file => !isWaiting(file)),
    ),
    cores,
  ),
]);

const sum = (field: 'passed' | 'failed' | 'skipped' | 'processor') =>
  outcomes.reduce((total, outcome) => total + outcome[field], 0);
console.log(
  `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped, ${Math.round(sum('processor'))} s of processor`,
);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
