import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { remove, scratchFolder } from '../../src/lab/scratch.js';
import { needing } from '../support/needs.js';
import type { Echo, Report } from './supervisor.js';

const test = suite('lab');
const real = needing(test, { lab: true, commands: ['tcpdump'] });

/** What a timer of Node may be early, and a packet under way. */
const TIMER_MS = 2;
const UNDER_WAY_MS = 50;

/** One guest serves both tests: what was done to it is checked, and then the whole lab is killed. */
async function started() {
  const program = fileURLToPath(new URL('./supervisor.js', import.meta.url));
  const supervisor = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(createInterface(supervisor.stdout), 'line'),
    once(supervisor, 'exit').then(() => Promise.reject(new Error('the lab broke down'))),
  ]);
  return { supervisor, report: JSON.parse(line) as Report };
}
let running: ReturnType<typeof started> | undefined;
const supervised = () => (running ??= started());

const span = ({ stop, resume }: TruthItem) => ({ from: stop! * 1000, to: resume! * 1000 });
const blackout = (item: TruthItem) => span(item).to - span(item).from;
const within = ({ from, to }: { from: number; to: number }, at: number | undefined) =>
  at !== undefined && at > from && at < to;

real('a VM migrates, pauses and is cut off, and the hypervisor’s word agrees with the packets', async () => {
  const { farMs, truth, echoes } = (await supervised()).report;
  assert.ok(Math.min(...farMs) >= 10, 'twice the delay of the link');
  const first = truth.slice(0, 4);
  const [natural, long, paused, cut] = first as [TruthItem, TruthItem, TruthItem, TruthItem];
  assert.ok(blackout(natural) > 0 && natural.start! < natural.stop!);
  assert.ok(blackout(long) >= 300 - TIMER_MS && blackout(paused) >= 400 - TIMER_MS);
  for (const item of first) {
    const { from, to } = span(item);
    const answered = echoes.filter(echo => within({ from: from + UNDER_WAY_MS, to }, echo.answered));
    assert.equal(answered, [], `nobody answers from STOP to RESUME of the ${item.type}`);
    assert.ok(
      echoes.some(({ answered = 0 }) => answered > to),
      'the guest answers again',
    );
  }

  const sentIn = (item: TruthItem) => echoes.filter(({ sent }) => within(span(item), sent));
  const kept = sentIn(paused);
  assert.ok(kept.length > 0);
  const since = (echo: Echo) => (echo.answered ?? 0) - span(paused).to;
  assert.ok(
    kept.every(echo => since(echo) >= 0),
    `requests are kept and answered: ${kept.map(since)}`,
  );
  const fresh = echoes.filter(({ sent }) => sent > span(paused).to);
  assert.ok(
    Math.max(...kept.map(since)) <= Math.min(...fresh.map(since).filter(ms => ms > 0)),
    'before those that were sent afterwards',
  );
  assert.ok(sentIn(cut).length > 0);
  assert.equal(
    sentIn(cut).filter(({ answered }) => answered !== undefined),
    [],
    'what is cut off is lost',
  );
});

/** When the first request left that was sent elsewhere: on a busy machine, the switch is changed some time after the forgery. */
function diverted(echoes: readonly Echo[], span: { from: number; to: number }): number {
  const first = echoes.find(({ sent, answered }) => within(span, sent) && answered === undefined);
  assert.ok(first, 'something is sent elsewhere');
  return first.sent;
}

real('what happens in the wild is on the wire as its label says', async () => {
  const { truth, echoes, rarps, clockSet } = (await supervised()).report;
  assert.equal(
    truth.map(item => item.type),
    ['migration', 'migration', 'pause', 'outage', 'failover', 'spoof', 'restore', 'migration', 'clock-set'],
  );
  const [failover, spoof, restore, late] = truth.slice(4) as [TruthItem, TruthItem, TruthItem, TruthItem];
  for (const item of [failover, spoof, restore, late]) {
    const { from, to } = spanOf(item);
    assert.ok(
      echoes.some(({ sent }) => within({ from, to }, sent)),
      item.type,
    );
    const silentFrom = item === spoof ? diverted(echoes, { from, to }) : from;
    const answered = echoes.filter(echo => within({ from: silentFrom + UNDER_WAY_MS, to }, echo.answered));
    assert.equal(answered, [], `nobody answers in the span of the ${item.type}`);
  }
  assert.ok(late.back! * 1000 - span(late).to >= 500 - TIMER_MS, 'the network is late');
  const rarpsBetween = (from: number, to: number) =>
    rarps.filter(at => at > from - TIMER_MS && at < to - TIMER_MS).length;
  assert.ok(rarpsBetween(span(failover).to, span(spoof).from) > 0, 'the switch announces');
  // The label begins when the switch is changed, after the forged frame.
  assert.ok(rarpsBetween(span(spoof).from - 1000, span(spoof).to) > 0, 'the forgery');
  assert.ok(rarpsBetween(span(truth[0]!).to, span(truth[1]!).from) > 0, 'QEMU announces a migration');
  assert.ok(rarpsBetween(span(restore).to, span(late).from) > 0, 'and a restored guest');
  // By up to a second more.
  assert.ok(clockSet.low <= -100 && clockSet.high >= -101, `back by 100 s: ${JSON.stringify(clockSet)}`);
  assert.ok(clockSet.high < -50, 'and that is not only because the answers took so long');
});

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
  const { supervisor, report } = await supervised();
  const { pids, namespaces } = report;
  const children = childrenOf(supervisor.pid!);
  assert.is(pids.length, 2);
  assert.ok(pids.every(lives) && children.length > 8, 'two QEMUs, namespaces, a link and hogs before');
  assert.ok(inhabitants(namespaces).length > 0);

  const gone = once(supervisor, 'close');
  supervisor.kill('SIGKILL');
  await gone;
  const left = () => [...children.filter(lives), ...inhabitants(namespaces)];
  for (const end = Date.now() + 30_000; left().length > 0 && Date.now() < end; )
    await new Promise(done => setTimeout(done, 50));
  assert.equal(children.filter(lives), []);
  assert.equal(inhabitants(namespaces), [], 'nobody is left in a namespace, so it is gone with its taps');
  remove(scratchFolder());
  assert.equal(
    readdirSync(tmpdir()).filter(name => name.startsWith(`migwatch-lab-${supervisor.pid}-`)),
    [],
    'the next start clears its folder away',
  );
});

test.after(async () => {
  (await running)?.supervisor.kill('SIGKILL');
});

test.run();
