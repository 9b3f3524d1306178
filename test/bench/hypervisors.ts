/** The processor time of following 50 domains over QMP, while all migrate and while none does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Headless } from '../support/headless.js';
import { cpuTime } from './cpu.js';
import type { Row } from './row.js';

const DOMAINS = 50;
const SECONDS = 20;
const WARM_UP_MS = 8000;

/** The servers are a process of their own, which does not count. The targets are loopback addresses, probed once a second. */
export async function hypervisors(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-crowd-'));
  const program = fileURLToPath(new URL('./qmp-crowd.js', import.meta.url));
  const crowd = spawn(process.execPath, [program, folder, String(DOMAINS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(crowd.stdout, 'data');
  const numbers = Array.from({ length: DOMAINS }, (_, number) => number);
  const targets = numbers.map(number => `vm${number}=127.0.1.${number + 1}`);
  const flags = numbers.flatMap(number => ['--hypervisor', `qmp:${folder}/${number}.qmp=vm${number}`]);
  const common = ['-i', '1s', '--witness', 'none', '-d', '10m'];
  const [alone, ours] = [
    Headless.start([...common, ...targets]),
    Headless.start([...common, ...flags, ...targets]),
  ];
  const pids = [alone, ours].map(({ child }) => child.pid!);
  const spent = async () => {
    const before = pids.map(cpuTime);
    await wait(SECONDS * 1000);
    const [without, with_] = pids.map((pid, index) => cpuTime(pid) - before[index]!);
    return (with_! - without!) / SECONDS / 10;
  };
  await wait(WARM_UP_MS);
  const idle = await spent();
  crowd.stdin.write('move\n');
  await wait(WARM_UP_MS);
  const moving = await spent();
  const polls = ours.of('job').length;
  await Promise.all([alone.end(), ours.end()]);
  crowd.stdin.end();
  rmSync(folder, { recursive: true, force: true });
  const percent = (share: number) => `${share.toFixed(1)} %`;
  return [
    {
      figure: `CPU of following ${DOMAINS} domains over QMP while all migrate, beside watching them`,
      measured: `${percent(moving)} of a core (${polls} lines)`,
      target: '≤ 3 % of a core',
      ok: moving <= 3,
    },
    {
      figure: 'the same while none migrates',
      measured: `${percent(idle)} of a core`,
      target: '≤ 0.5 % of a core',
      ok: idle <= 0.5,
    },
  ];
}
