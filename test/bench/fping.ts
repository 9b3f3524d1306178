/** The system's fping, as the benchmarks' peer. */
import { createInterface } from 'node:readline';
import type { Namespace } from '../support/namespace.js';

/** An `fping` that runs until it is stopped. */
export function fping(
  inside: Namespace,
  hosts: readonly string[],
  intervalMs: number,
  options: readonly string[] = [],
) {
  const command = [
    'fping',
    '-l',
    '-p',
    String(intervalMs),
    '-i',
    '1',
    '-b',
    '56',
    '-t',
    '1000',
    ...options,
    ...hosts,
  ];
  const child = inside.spawn(command, { stdio: ['ignore', 'pipe', 'ignore'] });
  const replies: { host: string; seq: number; rttMs: number }[] = [];
  createInterface({ input: child.stdout! }).on('line', line => {
    // 10.61.0.2 : [3], 84 bytes, 0.049 ms (0.049 avg, 0% loss)
    const [, host, seq, rtt] = /^(\S+) +: \[(\d+)\], \d+ bytes, ([\d.]+) ms/.exec(line) ?? [];
    if (host) replies.push({ host, seq: Number(seq), rttMs: Number(rtt) });
  });
  return { replies, pid: child.pid!, stop: () => void child.kill('SIGINT') };
}
