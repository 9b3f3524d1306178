import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Millis } from '../core/sample.js';
import { LAB_CALLER } from '../system/trusted-file.js';
import { STREAM_URL } from './guest.js';
import type { Lab, LabOptions } from './lab.js';
import { killedWithParent } from './namespace.js';
import { LineReader } from './reader.js';

const MIGWATCH = [process.execPath, fileURLToPath(new URL('../cli.js', import.meta.url)), 'watch'];
/** A player's thresholds can't exceed its buffer. */
const MAX_WAIT: Millis = 2000;

/** The flags of a migwatch in the lab. */
export interface WatchOptions {
  /** Flags for probing, which every observer gets. */
  probing: readonly string[];
  /** Flags for what it shows and records. */
  session: readonly string[];
}

/** The command line of a migwatch that watches the lab's hosts and reads notes from standard input. It ends with this process. */
export function watchCommand(
  lab: Lab,
  { viewer, insider, monitors }: LabOptions,
  { probing, session }: WatchOptions,
): string[] {
  const command = [
    ...[...MIGWATCH, '--notes', '-', ...(viewer ? viewerFlags(viewer) : [])],
    ...(insider ? ['--observer', `hypervisor-A=${insiderCommand(lab, probing)}`] : []),
    ...lab.hypervisorFlags(monitors),
    ...[...probing, ...session, ...lab.targets],
  ];
  return killedWithParent(command, 'TERM');
}

/** The environment of a migwatch that stays root, to enter the lab's network namespaces: as if root had called sudo. */
export function watchEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, SUDO_UID: '0', SUDO_GID: '0', [LAB_CALLER]: process.env.SUDO_UID };
}

function viewerFlags({ bufferMs }: { bufferMs: Millis }): string[] {
  const wait = Math.min(MAX_WAIT, bufferMs);
  return [
    '--stream',
    STREAM_URL,
    '--probe',
    `stream:buffer=${bufferMs}ms,start=${wait}ms,rebuffer=${wait}ms`,
  ];
}

/** The shell command of a migwatch that watches the VM from the hypervisor. */
function insiderCommand(lab: Lab, probing: readonly string[]): string {
  const command = [...MIGWATCH, '--headless', '--samples', '--hold', '0', ...probing, lab.targets[0]!];
  return lab.innerWatcher.inside(command).map(quoted).join(' ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A headless migwatch in the observer's namespace, whose output is read line by line. */
export class Watcher {
  readonly reader = new LineReader();
  /** Adds a note about the current step. */
  readonly tell: (text: string) => void;
  /** Rejects if it ends unexpectedly. */
  readonly died: Promise<never>;
  private readonly closed: Promise<unknown>;
  private stopping = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
  ) {
    this.tell = describeOutput(child);
    this.closed = once(child, 'close');
    this.died = this.closed.then(() =>
      this.stopping
        ? new Promise(() => {})
        : Promise.reject(new Error(`migwatch watch ended with ${child.exitCode ?? child.signalCode}`)),
    );
    this.died.catch(() => {});
    lines.on('line', line => this.reader.read(line, Date.now()));
  }

  /** Resolves when it has started to watch. */
  static async start(lab: Lab, options: LabOptions, { probing, session }: WatchOptions): Promise<Watcher> {
    const lines = ['--headless', '--samples', '--hold', '0'];
    const command = watchCommand(lab, options, { probing, session: [...lines, ...session] });
    const child = lab.observer.spawn(command, {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
      env: watchEnvironment(),
    });
    const watcher = new Watcher(child, createInterface(child.stdout!));
    await Promise.race([once(watcher.lines, 'line'), watcher.died]);
    return watcher;
  }

  /** Ends it, and resolves when all its output was read. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.child.kill('SIGINT');
    await this.closed;
  }
}

/** Returns a function that writes lines to a process while it reads them. */
export function describeOutput({ stdin }: ChildProcess): (text: string) => void {
  stdin!.on('error', () => {});
  return text => void stdin!.write(`${text}\n`);
}
