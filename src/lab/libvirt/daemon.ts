import { type ChildProcess, execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Millis } from '../../core/sample.js';
import type { Namespace } from '../namespace.js';
import { sleep } from '../time.js';

/** libvirt's own folders, which each daemon gets for itself. */
const FOLDERS = [
  'etc/libvirt',
  'var/lib/libvirt',
  'var/cache/libvirt',
  'var/log/libvirt',
  'run/libvirt',
] as const;
const START_LIMIT_MS: Millis = 20_000;
const RETRY_MS: Millis = 100;
/** A virsh that hangs must not keep the lab open. */
const COMMAND_LIMIT_MS: Millis = 120_000;

/**
 * The first process of the daemon's namespaces. It hides libvirt's folders of this machine behind those in "$1", starts the
 * daemon and reaps the guests that end. A line on standard input is a signal for the daemon; the end of the input is its end,
 * and with it that of every guest.
 */
const INIT = `set -e
hostname "$2"
for folder in ${FOLDERS.join(' ')}; do mkdir -p "/$folder"; mount --bind "$1/$folder" "/$folder"; done
for file in passwd group; do mount --bind "$1/$file" "/etc/$file"; done
mount -t sysfs sysfs /sys
libvirtd --listen --pid-file /run/libvirt/lab.pid &
daemon=$!
exec 3<&0
(while read -r signal; do kill -s "$signal" $daemon; done; kill -s KILL $daemon) <&3 &
wait $daemon`;

const run = promisify(execFile);

/** One libvirtd as on a host of its own: with namespaces for mounts, processes and host name, and with its own folders. */
export class Daemon {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** Where other daemons and QEMUs reach it. */
    readonly address: string,
    private readonly certificates: string,
  ) {}

  /** Starts it in a network namespace, where it listens at `address`. Resolves when it answers. */
  static async start(
    namespace: Namespace,
    { name, address, folder, certificates }: DaemonSettings,
  ): Promise<Daemon> {
    for (const each of FOLDERS) mkdirSync(join(folder, each), { recursive: true });
    writeFileSync(join(folder, 'etc/libvirt/libvirtd.conf'), daemonSettings(address, certificates));
    writeFileSync(join(folder, 'etc/libvirt/qemu.conf'), guestSettings(certificates));
    for (const [file, entry] of ACCOUNTS) writeFileSync(join(folder, file), withAccount(file, entry));
    const own = ['unshare', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const child = namespace.spawn([...own, 'sh', '-c', INIT, 'sh', folder, name], {
      stdio: ['pipe', 'ignore', 'pipe'],
      // Ctrl-C in the terminal must reach this process, not the daemon.
      detached: true,
    });
    child.stdin!.on('error', () => {});
    let complaint = '';
    child.stderr!.setEncoding('utf8').on('data', text => (complaint = (complaint + text).slice(-1000)));
    const daemon = new Daemon(child, folder, address, certificates);
    for (const end = Date.now() + START_LIMIT_MS; !(await daemon.answers()); await sleep(RETRY_MS)) {
      if (child.exitCode === null && Date.now() < end) continue;
      await daemon.close();
      throw new Error(`libvirtd did not start: ${complaint.trim()}`);
    }
    return daemon;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The URI for programs of this machine; `-ro` is the socket that changes nothing. */
  uri(socket: 'libvirt-sock' | 'libvirt-sock-ro' = 'libvirt-sock'): string {
    return `qemu+unix:///system?socket=${join(this.folder, 'run/libvirt', socket)}`;
  }

  /** The URI for the other daemon. */
  remoteUri(tls: boolean): string {
    return tls
      ? `qemu+tls://${this.address}/system?pkipath=${this.certificates}`
      : `qemu+tcp://${this.address}/system`;
  }

  /** Runs virsh on it. Rejects with virsh's words. */
  async virsh(...args: readonly string[]): Promise<string> {
    try {
      const options = { env: { ...process.env, LC_ALL: 'C' }, timeout: COMMAND_LIMIT_MS };
      return (await run('virsh', ['--quiet', '--connect', this.uri(), ...args], options)).stdout;
    } catch (cause) {
      const { stderr, message } = cause as { stderr?: string; message: string };
      throw new Error(`virsh ${args[0]}: ${stderr?.trim() || message}`, { cause });
    }
  }

  /** Stops or continues the daemon itself; guests run on. */
  signal(name: 'STOP' | 'CONT'): void {
    this.child.stdin!.write(`${name}\n`);
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'close');
    this.child.stdin!.end();
    await gone;
  }

  private answers(): Promise<boolean> {
    return this.virsh('list').then(
      () => true,
      () => false,
    );
  }
}

interface DaemonSettings {
  name: string;
  address: string;
  folder: string;
  certificates: string;
}

/** The account that Debian's libvirt looks up, although the guests run as root here. */
const ACCOUNTS = [
  ['passwd', 'libvirt-qemu:x:64055:64055::/nonexistent:/bin/false'],
  ['group', 'libvirt-qemu:x:64055:'],
] as const;

function withAccount(file: string, entry: string): string {
  const all = readFileSync(join('/etc', file), 'utf8');
  return /^libvirt-qemu:/m.test(all) ? all : `${all.trimEnd()}\n${entry}\n`;
}

/** The host's UUID differs from daemon to daemon, since libvirt refuses to migrate a guest to the host where it is. */
function daemonSettings(address: string, certificates: string): string {
  return settings({
    host_uuid: randomUUID(),
    listen_addr: address,
    ...{ listen_tls: 1, listen_tcp: 1, tls_port: '16514', tcp_port: '16509' },
    ...{ auth_tls: 'none', auth_tcp: 'none', auth_unix_rw: 'none', auth_unix_ro: 'none' },
    key_file: join(certificates, 'server-key.pem'),
    cert_file: join(certificates, 'server-cert.pem'),
    ca_file: join(certificates, 'ca-cert.pem'),
    log_outputs: '3:stderr',
  });
}

function guestSettings(certificates: string): string {
  return settings({
    ...{ user: 'root', group: 'root', dynamic_ownership: 0, remember_owner: 0, security_driver: 'none' },
    ...{ seccomp_sandbox: 0, stdio_handler: 'file', default_tls_x509_cert_dir: certificates },
    ...{ namespaces: [], cgroup_controllers: [] },
  });
}

function settings(values: Readonly<Record<string, string | number | readonly string[]>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join('');
}
