import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LinkSettings } from './link-settings.js';
import { address, type Namespace } from './namespace.js';

/** A userspace cable between two taps, `NAMEa` and `NAMEb`. It ends when it is closed or when this process ends. */
export class Cable {
  private constructor(private readonly child: ChildProcess) {}

  /** Connects namespace `a` with namespace `b`; both ends are down and have no address. */
  static async lay(
    a: Namespace,
    b: Namespace,
    name: string,
    settings: Partial<LinkSettings>,
  ): Promise<Cable> {
    const program = fileURLToPath(new URL('./link.js', import.meta.url));
    const child = a.spawn([process.execPath, program, `${name}a`, `${name}b`, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    a.run(`ip link set ${name}b netns ${b.pid}`);
    return new Cable(child);
  }

  set(change: Partial<LinkSettings>): void {
    this.child.stdin!.write(`${JSON.stringify(change)}\n`);
  }

  close(): void {
    this.child.stdin!.end();
  }
}

/** Connects two namespaces with a userspace cable whose delay, loss and state can be changed while it runs. */
export async function cable(
  a: Namespace,
  b: Namespace,
  name: string,
  net: number,
  settings: Partial<LinkSettings> = {},
): Promise<Cable> {
  const laid = await Cable.lay(a, b, name, settings);
  address(a, `${name}a`, net, 1);
  address(b, `${name}b`, net, 2);
  return laid;
}
