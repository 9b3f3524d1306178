import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePingLine } from '../../probes/ping/ping-line.js';
import type { TruthItem } from '../../src/evaluation/truth.js';
import { Lab } from '../../src/lab/lab.js';
import { remove, scratchFolder } from '../../src/lab/scratch.js';
import { needing } from '../support/needs.js';

const test = suite('lab');
const real = needing(test, { lab: true });

/** What a timer of Node may be early, and ping late with its stamp where others keep the machine busy. */
const TIMER_MS = 2;
const LATE_MS = 100;

const blackout = ({ stop, resume }: TruthItem) => (resume! - stop!) * 1000;
const pause = (ms: number) => new Promise(done => setTimeout(done, ms));

/** What the system's ping sees of the guest while `body` goes on: when replies came, and their RTTs, in ms. */
async function pinging(lab: Lab, body: () => Promise<void>): Promise<{ at: number; rttMs: number }[]> {
  const ping = lab.observer.spawn(['ping', '-n', '-D', '-i', '0.02', '10.77.0.10'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const replies: { at: number; rttMs: number }[] = [];
  createInterface(ping.stdout!).on('line', text => {
    const line = parsePingLine(text);
    if (line?.kind === 'reply') replies.push({ at: line.stampMs!, rttMs: line.rttMs });
  });
  await pause(300);
  await body();
  await pause(700);
  ping.kill('SIGINT');
  await once(ping, 'close');
  return replies;
}

real(
  'a VM migrates, pauses and is cut off, and the hypervisor’s word agrees with a ping from outside',
  async () => {
    const lab = await Lab.start({ link: { delayMs: 5 } });
    try {
      const far = await pinging(lab, async () => {});
      assert.ok(Math.min(...far.map(reply => reply.rttMs)) >= 10, 'twice the delay of the link');
      lab.setLink({ delayMs: 0 });

      await lab.migrate();
      const held = await pinging(lab, () => lab.migrate({ holdMs: 300 }));
      const [natural, long] = lab.truth as [TruthItem, TruthItem];
      assert.ok(blackout(natural) > 0 && natural.start! < natural.stop!);
      assert.ok(blackout(long) >= 300 - TIMER_MS);
      assert.equal(
        held.filter(({ at, rttMs }) => at - rttMs > long.stop! * 1000 + LATE_MS && at < long.resume! * 1000),
        [],
        'nobody answers between STOP and RESUME',
      );
      assert.ok(held.at(-1)!.at > long.resume! * 1000, 'the guest answers again');

      const queued = await pinging(lab, () => lab.pause(400));
      const paused = lab.truth.at(-1)!;
      const longest = Math.max(...queued.map(reply => reply.rttMs));
      assert.ok(blackout(paused) >= 400 - TIMER_MS);
      assert.ok(
        longest > 300 && longest < blackout(paused) + 300,
        `queued requests are answered: ${longest} ms`,
      );

      const cut = await pinging(lab, () => lab.cutTarget(400));
      const { stop, resume } = lab.truth.at(-1)!;
      assert.equal(
        cut.filter(({ at }) => at > stop! * 1000 + LATE_MS && at < resume! * 1000),
        [],
      );
      assert.ok(cut.at(-1)!.at > resume! * 1000);
      assert.equal(
        lab.truth.map(item => item.type),
        ['migration', 'migration', 'pause', 'outage'],
      );
    } finally {
      await lab.close();
    }
  },
);

/** Processes that live in one of the namespaces. */
function inhabitants(namespaces: readonly string[]): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return namespaces.includes(readlinkSync(`/proc/${pid}/ns/net`));
      } catch {
        return false;
      }
    })
    .map(pid => `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

real('kill -9 of the supervisor leaves no QEMU, no namespace and no hog', async () => {
  const program = fileURLToPath(new URL('./supervisor.js', import.meta.url));
  const supervisor = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = await once(supervisor.stdout, 'data');
  const { pids, namespaces }: { pids: number[]; namespaces: string[] } = JSON.parse(String(text));
  const children = childrenOf(supervisor.pid!);
  assert.is(pids.length, 2);
  assert.ok(pids.every(lives) && children.length > 8, 'two QEMUs, namespaces, a link and hogs before');
  assert.ok(inhabitants(namespaces).length > 0);

  const gone = once(supervisor, 'close');
  supervisor.kill('SIGKILL');
  await gone;
  for (let tries = 100; tries > 0 && children.some(lives); tries--) await pause(50);
  assert.equal(children.filter(lives), []);
  assert.equal(inhabitants(namespaces), [], 'nobody is left in a namespace, so it is gone with its taps');
  remove(scratchFolder());
  assert.equal(
    readdirSync(tmpdir()).filter(name => name.startsWith(`migwatch-lab-${supervisor.pid}-`)),
    [],
    'the next start clears its folder away',
  );
});

test.run();
