import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LinkSettings } from './link.js';
import { address, type Namespace } from './namespace.js';

/** Joins two namespaces by a userspace cable whose delay, loss and state can be changed while it runs. */
export async function cable(
  a: Namespace,
  b: Namespace,
  name: string,
  net: number,
  settings: Partial<LinkSettings> = {},
) {
  const program = fileURLToPath(new URL('./link.js', import.meta.url));
  const child = a.spawn([process.execPath, program, `${name}a`, `${name}b`, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  a.run(`ip link set ${name}b netns ${b.pid}`);
  address(a, `${name}a`, net, 1);
  address(b, `${name}b`, net, 2);
  return {
    set: (change: Partial<LinkSettings>) => void child.stdin!.write(`${JSON.stringify(change)}\n`),
    close: () => void child.stdin!.end(),
  };
}
