import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from './namespace.js';

/** A real name server, dnsmasq, in a namespace, for programs that are started by its `inside`. */
export class NameServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'migwatch-names-'));
  private readonly hosts = join(this.folder, 'hosts');
  private readonly resolver = join(this.folder, 'resolv.conf');
  private process!: ChildProcess;

  private constructor(private readonly namespace: Namespace) {}

  /** Needs root and dnsmasq. */
  static async start(namespace: Namespace, addresses: Record<string, string>): Promise<NameServer> {
    const server = new NameServer(namespace);
    writeFileSync(server.resolver, 'nameserver 127.0.0.1\n');
    server.write(addresses);
    const options = ['--keep-in-foreground', '--conf-file=/dev/null', '--user=root', '--pid-file='];
    const serves = ['--listen-address=127.0.0.1', '--bind-interfaces', '--no-resolv', '--no-hosts'];
    const log = ['--log-facility=-', `--addn-hosts=${server.hosts}`];
    server.process = namespace.spawn(['dnsmasq', ...options, ...serves, ...log], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // It says so once it listens; the pipe is read on, so that it never fills.
    await once(server.process.stderr!, 'data');
    server.process.stderr!.resume();
    return server;
  }

  /** What the names stand for from now on. */
  set(addresses: Record<string, string>): void {
    this.write(addresses);
    this.process.kill('SIGHUP');
  }

  /** The command line that runs `command` in the namespace, where names are asked of this server. */
  inside(command: string[]): string[] {
    const bound = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
    return this.namespace.inside(['unshare', '--mount', 'sh', '-c', bound, this.resolver, ...command]);
  }

  close(): void {
    this.process.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }

  private write(addresses: Record<string, string>): void {
    writeFileSync(
      this.hosts,
      Object.entries(addresses)
        .map(([name, address]) => `${address} ${name}\n`)
        .join(''),
    );
  }
}
