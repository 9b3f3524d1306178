import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Namespace } from './namespace.js';
import { certificates, ended, type MoveKind, type MoveResult, pause, type WireRig } from './wire-rig.js';

/** Bulk traffic over the cable of a rig that is no migration, and tunnels for one. */
export class WireTraffic {
  private readonly file: string;

  constructor(
    private readonly rig: WireRig,
    private readonly folder: string,
  ) {
    this.file = join(folder, 'random.bin');
    writeRandom(this.file, 8_000_000);
  }

  /** By name, each with the programs that it needs. */
  readonly lookAlikes: Readonly<Record<string, { needs: string[]; run(): Promise<void> }>> = {
    iperf3: { needs: ['iperf3'], run: () => this.iperf3() },
    'nbd copy': { needs: ['qemu-nbd', 'qemu-img'], run: () => this.nbd() },
    'https download': { needs: ['curl', 'openssl'], run: () => this.https() },
    'ssh copy': { needs: ['ssh', 'sshd', 'ssh-keygen'], run: () => this.sshCopy() },
    'random bytes on the port': { needs: [], run: () => this.randomBytes() },
    'http upload': { needs: ['curl'], run: () => this.httpUpload() },
  };

  /** Migrates through `ssh -L`. */
  async throughSsh(kind: MoveKind = {}): Promise<MoveResult> {
    const { rig } = this;
    await this.sshd();
    const tunnel = `4999:${rig.address(2)}:${kind.port ?? 49_152}`;
    const child = rig.start(rig.source, [...this.ssh(), '-N', '-L', tunnel, `root@${rig.address(2)}`]);
    child.stderr?.resume();
    await this.listening(rig.source, '127.0.0.1', 4999);
    const result = await rig.migrate({ ...kind, via: 4999 });
    child.kill();
    await once(child, 'exit');
    return result;
  }

  private async iperf3(): Promise<void> {
    const { rig } = this;
    rig.start(rig.destination, ['iperf3', '-s', '-1', '-p', '49152']).stdout?.resume();
    await pause(300);
    const words = ['iperf3', '-c', rig.address(2), '-p', '49152', '-n', '16M'];
    await ended(rig.start(rig.source, words));
  }

  private async nbd(): Promise<void> {
    const { rig } = this;
    rig.start(rig.destination, [
      'qemu-nbd',
      '-f',
      'raw',
      '-r',
      '-b',
      rig.address(2),
      '-p',
      '10809',
      this.file,
    ]);
    await pause(500);
    const to = join(this.folder, 'copy.bin');
    const from = `nbd://${rig.address(2)}:10809`;
    await ended(rig.start(rig.source, ['qemu-img', 'convert', '-f', 'raw', '-O', 'raw', from, to]));
  }

  private async https(): Promise<void> {
    const { rig } = this;
    const dir = certificates(this.folder);
    const program = `require('https').createServer({key:fs.readFileSync('${dir}/server-key.pem'),cert:fs.readFileSync('${dir}/server-cert.pem')},
      (_, answer) => fs.createReadStream('${this.file}').pipe(answer)).listen(8443, '${rig.address(2)}')`;
    const child = rig.start(rig.destination, [process.execPath, '-e', program]);
    await pause(500);
    const url = `https://${rig.address(2)}:8443/`;
    await ended(
      rig.start(rig.source, ['curl', ...PATIENT, '-sSk', '-o', join(this.folder, 'down.bin'), url]),
    );
    child.kill();
  }

  private async httpUpload(): Promise<void> {
    const { rig } = this;
    const program = `require('http').createServer((request, answer) => request.resume().on('end', () => answer.end('ok'))).listen(49152, '${rig.address(2)}')`;
    const child = rig.start(rig.destination, [process.execPath, '-e', program]);
    await pause(500);
    await ended(
      rig.start(rig.source, ['curl', ...PATIENT, '-sS', '-T', this.file, `http://${rig.address(2)}:49152/`]),
    );
    child.kill();
  }

  private async sshCopy(): Promise<void> {
    const { rig } = this;
    await this.sshd();
    const copy = `cat ${this.file} | ${this.ssh().join(' ')} root@${rig.address(2)} 'cat > /dev/null'`;
    await ended(rig.start(rig.source, ['sh', '-c', copy]));
  }

  private async randomBytes(): Promise<void> {
    const { rig } = this;
    const listen = `require('net').createServer({ allowHalfOpen: false }, s => s.resume()).listen(49152, '${rig.address(2)}')`;
    const child = rig.start(rig.destination, [process.execPath, '-e', listen]);
    await pause(500);
    const send = `const send = () => { const s = require('net').connect(49152, '${rig.address(2)}');
      s.on('error', () => setTimeout(send, 200)).on('connect', () => fs.createReadStream('${this.file}').pipe(s)); }; send()`;
    await ended(rig.start(rig.source, [process.execPath, '-e', send]));
    child.kill();
  }

  private isServing = false;

  private async sshd(): Promise<void> {
    if (this.isServing) return;
    this.isServing = true;
    const { rig, folder } = this;
    const key = (name: string) => join(folder, name);
    for (const name of ['host', 'user'])
      await ended(rig.start(rig.source, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key(name)]));
    const options = {
      ...{ HostKey: key('host'), AuthorizedKeysFile: key('user.pub'), StrictModes: 'no', PidFile: 'none' },
      ...{ ListenAddress: rig.address(2), PermitRootLogin: 'yes', UsePAM: 'no' },
    };
    const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const path = (process.env.PATH ?? '').split(':').concat('/usr/sbin');
    const program = path.map(part => join(part, 'sshd')).find(existsSync)!;
    // sshd insists on its folder in /run.
    const inOwnRun = [
      'unshare',
      '--mount',
      'sh',
      '-c',
      'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"',
    ];
    const child = rig.start(rig.destination, [
      ...inOwnRun,
      'sh',
      program,
      '-D',
      '-e',
      '-f',
      '/dev/null',
      ...given,
    ]);
    child.stderr?.resume();
    await this.listening(rig.source, rig.address(2), 22);
  }

  /** Resolves when a server accepts connections. */
  private async listening(from: Namespace, host: string, port: number): Promise<void> {
    const attempt = `until exec 3<>/dev/tcp/${host}/${port}; do sleep 0.1; done`;
    await ended(this.rig.start(from, ['timeout', '30', 'bash', '-c', attempt]));
  }

  private ssh(): string[] {
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    return [
      'ssh',
      '-F',
      '/dev/null',
      '-i',
      join(this.folder, 'user'),
      ...options.flatMap(text => ['-o', text]),
    ];
  }
}

/** The server is a program that starts. */
const PATIENT = ['--retry', '20', '--retry-connrefused', '--retry-delay', '1'];

/** Bytes that no compression would shorten. */
function writeRandom(file: string, length: number): void {
  const fd = openSync(file, 'w');
  for (let done = 0; done < length; done += 64_000) {
    const block = Buffer.alloc(64_000);
    for (let at = 0; at < block.length; at += 32)
      createHash('sha256').update(`${done} ${at}`).digest().copy(block, at);
    writeSync(fd, block);
  }
  closeSync(fd);
}
