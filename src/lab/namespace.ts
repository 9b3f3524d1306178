import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';

/**
 * A network namespace that lives exactly as long as we do: it is held by a `cat` reading from a pipe of ours,
 * so even a SIGKILL of this process closes the pipe, ends the cat and frees everything in the namespace.
 */
export class Namespace {
  private constructor(private readonly holder: ChildProcess) {}

  static async create(): Promise<Namespace> {
    const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
    await once(holder, 'spawn');
    const own = readlinkSync('/proc/self/ns/net');
    for (let tries = 0; readlinkSync(`/proc/${holder.pid}/ns/net`) === own; tries++) {
      if (holder.exitCode !== null || tries > 200) throw new Error('unshare --net failed: it needs root');
      await new Promise(done => setTimeout(done, 5));
    }
    const namespace = new Namespace(holder);
    namespace.run('ip link set lo up');
    return namespace;
  }

  get pid(): number {
    return this.holder.pid!;
  }

  /** The command line that runs `command` inside. */
  inside(command: string[]): string[] {
    return ['nsenter', '-t', String(this.pid), '-n', '--', ...command];
  }

  /** Runs lines of `ip`, without that word, at once. */
  ip(lines: string): void {
    const [program, ...args] = this.inside(['ip', '-batch', '-']);
    execFileSync(program!, args, { input: lines, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Runs a command of plain words to its end and returns its output. */
  run(command: string): string {
    const [program, ...args] = this.inside(command.split(' '));
    return execFileSync(program!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  spawn(command: string[], options: SpawnOptions = {}): ChildProcess {
    const [program, ...args] = this.inside(command);
    return spawn(program!, args, options);
  }

  close(): void {
    this.holder.stdin!.end();
  }
}

/**
 * The command line that runs `command` and has the kernel end it as soon as we, its parent, are gone, however.
 * For us to be gone before the kernel was asked, the shell looks who its parent is.
 */
export function killedWithParent(command: readonly string[], signal: 'KILL' | 'TERM' = 'KILL'): string[] {
  const unlessOrphan = ['sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
  return ['setpriv', '--pdeathsig', signal, '--', ...unlessOrphan, ...command];
}

/** Joins two namespaces by a veth pair, with an IPv4 and an IPv6 address at each end. */
export function join(a: Namespace, b: Namespace, name: string, net: number): void {
  a.run(`ip link add ${name} type veth peer name ${name} netns ${b.pid}`);
  for (const [side, host] of [
    [a, 1],
    [b, 2],
  ] as const)
    address(side, name, net, host);
}

/** Gives an interface 10.NET.0.HOST/24 and fdNET::HOST/64, and brings it up. */
export function address(namespace: Namespace, device: string, net: number, host: number): void {
  namespace.run(`ip addr add 10.${net}.0.${host}/24 dev ${device}`);
  namespace.run(`ip addr add fd00:${net}::${host}/64 dev ${device} nodad`);
  namespace.run(`ip link set ${device} up`);
}
