/** Terminals that vanish: a window that is closed, a connection that ends, a killed tmux. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAll, scratch } from '../recording/session.js';
import { inLanes } from '../support/cli.js';
import { CLI, sleep } from '../support/headless.js';

const test = suite('hangup');
const folder = scratch();
/** Once from each face; MIGWATCH_RUNS looks further. */
const VANISHING = Math.ceil(Number(process.env.MIGWATCH_RUNS ?? 200) / 67);
const env = { ...process.env, LANG: 'C.UTF-8', TERM: 'xterm-256color' };

/** What each shows once it probes. */
const FACES: [args: string[], shown: RegExp][] = [
  [['watch'], /recording/],
  [['pane'], /recording/],
  [['watch', '--headless', '--samples'], /"sample"/],
];

const opened = new Set<IPty>();
test.after(() => {
  for (const terminal of opened) terminal.kill('SIGKILL');
});

function open(program: string, args: string[]): IPty {
  const terminal = spawn(program, args, { cols: 80, rows: 24, name: 'xterm-256color', env });
  opened.add(terminal);
  terminal.onExit(() => opened.delete(terminal));
  return terminal;
}

const fileOf = (name: string) => join(folder, `${name}.jsonl`);

/** Resolves when the terminal shows it. */
function shows(terminal: IPty, wanted: RegExp): Promise<void> {
  let text = '';
  return new Promise((done, refuse) => {
    const limit = setTimeout(
      () => refuse(new Error(`no ${wanted} in ${JSON.stringify(text.slice(-500))}`)),
      60_000,
    );
    terminal.onData(data => {
      text += data;
      if (!wanted.test(text)) return;
      clearTimeout(limit);
      done();
    });
  });
}

/** Closes our end of the terminal, and nothing else: the kernel sends the signal. */
function vanish(terminal: IPty): void {
  (terminal as unknown as { _socket: { destroy(): void } })._socket.destroy();
}

test(`a terminal that vanishes ends it with 129, ${VANISHING} times out of ${VANISHING}, recordings whole`, async () => {
  const run = async (index: number) => {
    const [args, shown] = FACES[index % FACES.length]!;
    const file = fileOf(`direct${index}`);
    const terminal = open(process.execPath, [CLI, ...args, 'sim:demo', `--record=${file}`]);
    const exit = new Promise<{ exitCode: number; signal?: number }>(done => terminal.onExit(done));
    await shows(terminal, shown);
    // At another moment between two frames each time.
    await sleep(index * 13);
    vanish(terminal);
    const { exitCode, signal } = await exit;
    return { face: args.join(' '), exitCode, signal: signal ?? 0, ending: readAll(file).ending.kind };
  };
  const runs = await inLanes(Array.from({ length: VANISHING }, (_, index) => () => run(index)));
  for (const { face, ...end } of runs)
    assert.equal(end, { exitCode: 129, signal: 0, ending: 'complete' }, face);
});

test('the shell’s SIGHUP and the kernel’s that follows leave a recording whole', async () => {
  // A real prober: its thread takes a while to end, and the second signal comes in between.
  const run = async (index: number) => {
    const file = fileOf(`shell${index}`);
    const terminal = open('bash', ['--norc', '-i']);
    terminal.write(`"${process.execPath}" "${CLI}" 127.0.0.1 --record="${file}"\r`);
    await shows(terminal, /● recording/);
    vanish(terminal);
    const ended = () => existsSync(file) && readAll(file).ending.kind === 'complete';
    for (const end = Date.now() + 60_000; !ended() && Date.now() < end; ) await sleep(50);
    return ended();
  };
  assert.equal(await inLanes(Array.from({ length: 2 }, (_, index) => () => run(index))), Array(2).fill(true));
});

test.run();
