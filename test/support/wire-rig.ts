import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Qmp } from '../../src/lab/qmp.js';
import { Namespace } from './namespace.js';

/** A text that the guest holds, a page apart, so many times. */
export const CANARY = 'migwatch-canary-7f3a91';
export const CANARIES = 14;

/** What a migration is to be. */
export interface MoveKind {
  /** TLS, and the priority string of GnuTLS. */
  tls?: string;
  multifd?: number;
  postcopy?: true;
  /** Through a forwarder on this port of the source's own namespace. */
  via?: number;
  family?: 4 | 6;
  port?: number;
  bytesPerSecond?: number;
}

/** What QEMU itself reports of a migration. */
export interface MoveResult {
  transferred: number;
  multifdBytes: number;
  totalMs: number;
  duplicate: number;
  normal: number;
}

/** Two hypervisors in namespaces that a cable connects, and a capture on it. */
export class WireRig {
  private readonly children = new Set<ChildProcess>();
  private count = 0;

  private constructor(
    readonly source: Namespace,
    readonly destination: Namespace,
    private readonly folder: string,
    readonly net: number,
  ) {}

  static async build(folder: string, net = 91): Promise<WireRig> {
    const [source, destination] = [await Namespace.create(), await Namespace.create()];
    source.run(`ip link add v0 type veth peer name v0 netns ${destination.pid}`);
    for (const [namespace, host] of [
      [source, 1],
      [destination, 2],
    ] as const) {
      namespace.run(`ip addr add 10.${net}.0.${host}/24 dev v0`);
      namespace.run(`ip addr add fd00:${net}::${host}/64 dev v0 nodad`);
      namespace.run('ip link set v0 up');
    }
    writeFileSync(join(folder, 'memory.bin'), memory());
    return new WireRig(source, destination, folder, net);
  }

  address(host: 1 | 2, family: 4 | 6 = 4): string {
    return family === 4 ? `10.${this.net}.0.${host}` : `fd00:${this.net}::${host}`;
  }

  /** Starts a program in a namespace, to be ended with the rig. */
  start(namespace: Namespace, command: string[], env = {}): ChildProcess {
    const child = namespace.spawn(command, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.children.add(child);
    return child;
  }

  /** Captures all frames into a file until the returned function is called. */
  async capture(file: string, snap = 0): Promise<() => Promise<void>> {
    const words = ['tcpdump', '-i', 'v0', '-w', file, '-s', String(snap), '--immediate-mode', '-B', '65536'];
    const child = this.start(this.source, [...words, '-Z', 'root', '-U']);
    await once(child.stderr!, 'data');
    return async () => {
      await pause(100);
      const gone = once(child, 'exit');
      child.kill('SIGINT');
      await gone;
    };
  }

  /** Migrates a new VM and returns what QEMU reports. */
  async migrate(kind: MoveKind = {}): Promise<MoveResult> {
    const { family = 4, port = 49_152, via } = kind;
    const name = `vm${++this.count}`;
    const to = await this.machine(`${name}b`, this.destination, true);
    const from = await this.machine(`${name}a`, this.source, false);
    const bracket = (host: string) => (host.includes(':') ? `[${host}]` : host);
    for (const [qmp, endpoint] of [
      [from.qmp, 'client'],
      [to.qmp, 'server'],
    ] as const)
      await this.prepare(qmp, endpoint, kind);
    await to.qmp.execute('migrate-incoming', { uri: `tcp:${bracket(this.address(2, family))}:${port}` });
    const uri =
      via === undefined ? `tcp:${bracket(this.address(2, family))}:${port}` : `tcp:127.0.0.1:${via}`;
    await from.qmp.execute('migrate', { uri });
    if (kind.postcopy) {
      await pause(30);
      await from.qmp.execute('migrate-start-postcopy').catch(() => {});
    }
    const result = await resultOf(from.qmp);
    for (const { child, qmp } of [from, to]) {
      qmp.close();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    return result;
  }

  close(): void {
    for (const child of this.children) child.kill('SIGKILL');
    for (const namespace of [this.source, this.destination]) namespace.close();
  }

  private async machine(name: string, namespace: Namespace, incoming: boolean) {
    const control = join(this.folder, `${name}.qmp`);
    const child = this.start(namespace, [
      ...['qemu-system-x86_64', '-name', name, '-machine', 'q35,accel=tcg', '-m', '64', '-nodefaults'],
      ...['-display', 'none', '-qmp', `unix:${control},server=on,wait=off`],
      ...['-uuid', '6d696777-6174-6368-0000-00000000000a'],
      ...['-device', `loader,file=${join(this.folder, 'memory.bin')},addr=0x1000000,force-raw=on`],
      ...(incoming ? ['-incoming', 'defer'] : []),
    ]);
    const qmp = await Qmp.connect(control, () => child.exitCode === null);
    return { child, qmp };
  }

  private async prepare(qmp: Qmp, endpoint: 'client' | 'server', kind: MoveKind): Promise<void> {
    const { tls, multifd, postcopy, bytesPerSecond = 40_000_000 } = kind;
    const capabilities = [
      { capability: 'events', state: true },
      { capability: 'multifd', state: multifd !== undefined },
      { capability: 'postcopy-ram', state: postcopy === true },
    ];
    await qmp.execute('migrate-set-capabilities', { capabilities });
    if (multifd !== undefined) await qmp.execute('migrate-set-parameters', { 'multifd-channels': multifd });
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': bytesPerSecond });
    if (tls === undefined) return;
    const dir = certificates(this.folder);
    await qmp.execute('object-add', {
      ...{ 'qom-type': 'tls-creds-x509', id: 'tls0', dir, endpoint, 'verify-peer': false, priority: tls },
    });
    await qmp.execute('migrate-set-parameters', { 'tls-creds': 'tls0', 'tls-hostname': 'host-b.example' });
  }
}

/** 12 MB of a guest's memory: text, random bytes and the canary. */
function memory(): Buffer {
  const bytes = Buffer.alloc(12_000_000);
  let state = 1;
  for (let at = 4_000_000; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes.writeUInt32LE((state ^ (state >>> 15)) >>> 0, at);
  }
  bytes.write('The quick brown fox jumps over the lazy dog. '.repeat(40_000), 1_000_000);
  for (let n = 0; n < CANARIES; n++) bytes.write(CANARY, 3_000_000 + n * 8192);
  return bytes;
}

/** A certificate authority, and a certificate of `host-b.example`, in the files that QEMU looks for. */
export function certificates(folder: string): string {
  const dir = join(folder, 'tls');
  if (existsSync(dir)) return dir;
  mkdirSync(dir);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '400'];
  openssl('req', '-x509', ...key, '-subj', '/CN=lab CA', '-keyout', 'ca-key.pem', '-out', 'ca-cert.pem');
  openssl(
    'req',
    ...key.slice(0, 3),
    '-subj',
    '/O=Lab/CN=host-b.example',
    '-keyout',
    'server-key.pem',
    '-out',
    'csr.pem',
  );
  writeFileSync(join(dir, 'ext'), 'subjectAltName=DNS:host-b.example\n');
  openssl(
    ...['x509', '-req', '-in', 'csr.pem', '-CA', 'ca-cert.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'],
    ...['-days', '400', '-extfile', 'ext', '-out', 'server-cert.pem'],
  );
  return dir;
}

async function resultOf(qmp: Qmp): Promise<MoveResult> {
  for (;;) {
    const info = (await qmp.execute('query-migrate')) as {
      status: string;
      'total-time'?: number;
      'error-desc'?: string;
      ram: Record<string, number>;
    };
    if (info.status === 'failed') throw new Error(`the migration failed: ${info['error-desc']}`);
    // The figures are there a moment after the status.
    if (info.status === 'completed' && info['total-time']) {
      await pause(50);
      const { ram } = info;
      return {
        transferred: ram.transferred!,
        multifdBytes: ram['multifd-bytes']!,
        totalMs: info['total-time'],
        duplicate: ram.duplicate!,
        normal: ram.normal!,
      };
    }
    await pause(20);
  }
}

export const pause = (ms: number) => new Promise<void>(done => setTimeout(done, ms));

/** Runs a program to its end. */
export async function ended(child: ChildProcess): Promise<number | null> {
  let errors = '';
  child.stderr?.on('data', text => (errors += text));
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`exit code ${code}: ${errors}`);
  return code;
}
