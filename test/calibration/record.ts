/**
 * Records quiet paths for the alarm budget: `record.js HOURS FOLDER [HOST…]`, as root.
 *
 * Paths: loopback (v4, v6), a veth pair (v4, v6), a userspace link of 5 ms, one of 20 ms with jitter, a tail and
 * 0.3 % loss, and any HOST given. Each is pinged at 20 Hz by the system's `ping -D -O`, a witness that is not ours.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join as path } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cable } from '../support/cable.js';
import { join, Namespace } from '../support/namespace.js';

const [hours = '1', folder = 'quiet', ...hosts] = process.argv.slice(2);
const here = await Namespace.create();
const there = await Namespace.create();
join(here, there, 'quiet0', 71);
await cable(here, there, 'quiet1', 72, { delayMs: 2.5, jitterMs: 0.2 });
await cable(here, there, 'quiet2', 73, {
  delayMs: 10,
  jitterMs: 0.5,
  tailPercent: 1,
  tailMs: 30,
  lossPercent: 0.3,
});

const inside = (address: string) => ({ address, enter: (command: string[]) => here.inside(command) });
const paths = {
  'loopback-v4': inside('127.0.0.1'),
  'loopback-v6': inside('::1'),
  'veth-v4': inside('10.71.0.2'),
  'veth-v6': inside('fd00:71::2'),
  'link-5ms': inside('10.72.0.2'),
  'link-20ms-lossy': inside('10.73.0.2'),
  ...Object.fromEntries(hosts.map(host => [host, { address: host, enter: (command: string[]) => command }])),
};

mkdirSync(folder, { recursive: true });
await Promise.all(
  Object.entries(paths).map(async ([name, { address, enter }]) => {
    const [program, ...args] = enter([
      'ping',
      '-n',
      '-D',
      '-O',
      '-i',
      '0.05',
      '-w',
      String(Number(hours) * 3600),
      address,
    ]);
    const ping = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    ping.stdout.pipe(createWriteStream(path(folder, `${name}.ping.log`)));
    await once(ping, 'close');
  }),
);
console.log(
  `recorded ${Object.keys(paths).length} paths for ${hours} h in ${fileURLToPath(new URL(folder, `file://${process.cwd()}/`))}`,
);
process.exit();
