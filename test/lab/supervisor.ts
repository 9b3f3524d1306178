/**
 * Owns a lab, does to its guest what `lab.test.ts` checks, and prints what the hypervisor says of it beside what was seen on
 * the wire; then waits to be killed, with both QEMUs, a link, hogs and witnesses alive.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { GUEST_ADDRESS } from '../../src/lab/guest.js';
import { Lab } from '../../src/lab/lab.js';
import { killedWithParent } from '../../src/lab/namespace.js';
import { play } from '../../src/lab/play.js';
import { parseScenario } from '../../src/lab/scenario.js';

/** Moments in ms since 1970, as the kernel stamped the packets: no busy machine shifts them. */
export interface Echo {
  sent: number;
  answered?: number;
}

interface Bounds {
  low: number;
  high: number;
}

export interface Report {
  /** What ping tells of the first round trips, in ms, over a link that delays by 5 ms. */
  farMs: number[];
  truth: TruthItem[];
  echoes: Echo[];
  /** When RARP for the guest passed, in ms since 1970. */
  rarps: number[];
  /** By how many seconds its clock was set, by the Date of its web server: at least and at most. */
  clockSet: Bounds;
  pids: number[];
  namespaces: string[];
}

const LIMIT_MS = 60_000;
const DONE = `migrate; migrate hold=300ms; pause 400ms; cut target 400ms
  wait 1s; cut target 300ms announce=switch; steal 600ms; save 100ms; migrate late=500ms; date -100s`;
const RARP = /^(\d+\.\d+) ARP, Reverse Request who-is 52:54:00:12:34:51/;
const PACKET = /^(\d+\.\d+) IP .*: ICMP echo (request|reply), id \d+, seq (\d+),/;

/** Pings the guest 50 times a second from the hypervisor's segment, and keeps what passes there. */
class Wire {
  readonly rarps: number[] = [];
  private readonly bySeq = new Map<number, Echo>();

  constructor(lab: Lab) {
    const options = { stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] };
    // A switch announces to the rest of the network, where the observer is.
    for (const [where, what] of [
      [lab.innerWatcher, 'icmp'],
      [lab.observer, 'rarp'],
    ] as const) {
      const capture = ['tcpdump', '-i', 'eth0', '-n', '-tt', '-l', '--immediate-mode', what];
      const dump = where.spawn(killedWithParent(capture), options);
      createInterface(dump.stdout!).on('line', line => this.take(line));
    }
    lab.innerWatcher
      .spawn(killedWithParent(['ping', '-n', '-q', '-i', '0.02', GUEST_ADDRESS]), options)
      .stdout!.resume();
  }

  get echoes(): Echo[] {
    return [...this.bySeq.values()];
  }

  private take(line: string): void {
    const announced = RARP.exec(line)?.[1];
    if (announced !== undefined) this.rarps.push(Number(announced) * 1000);
    const [, seconds, kind, seq] = PACKET.exec(line) ?? [];
    const at = Number(seconds) * 1000;
    if (kind === 'request') this.bySeq.set(Number(seq), { sent: at });
    // A request may have left before the capture began.
    const echo = kind === 'reply' ? this.bySeq.get(Number(seq)) : undefined;
    if (echo) echo.answered ??= at;
  }

  /** Resolves when a request that left since then is answered. */
  async answersSince(moment: number): Promise<void> {
    const isAnswered = ({ sent, answered }: Echo) => sent > moment && answered !== undefined;
    for (const end = Date.now() + LIMIT_MS; !this.echoes.some(isAnswered); ) {
      if (Date.now() > end) throw new Error('the guest does not answer');
      await new Promise(done => setTimeout(done, 20));
    }
  }
}

const lab = await Lab.start({ link: { delayMs: 5 } });
const [ping, ...args] = lab.observer.inside(['ping', '-n', '-c', '5', '-i', '0.1', GUEST_ADDRESS]);
const far = execFileSync(ping!, args, { encoding: 'utf8' });
lab.setLink({ delayMs: 0 });
const wire = new Wire(lab);
await wire.answersSince(0);
/** How far the guest's clock is off ours, in seconds: its Date is of some moment of the request, and in whole seconds. */
function clockOff(): Bounds {
  const began = Date.now();
  const { stderr: headers } = spawnSync(fetch[0]!, fetch.slice(1), { encoding: 'utf8' });
  const date = Date.parse(/Date: (.*)/.exec(headers)?.[1] ?? '');
  return { low: (date - Date.now()) / 1000, high: (date - began) / 1000 + 1 };
}

const fetch = lab.innerWatcher.inside([
  'busybox',
  'wget',
  '-S',
  '-O',
  '/dev/null',
  `http://${GUEST_ADDRESS}/`,
]);
const { steps } = parseScenario(DONE);
let before = clockOff();
for (const step of steps) {
  // An emulated guest's clock goes wrong by seconds on a busy machine.
  if (step === steps.at(-1)) before = clockOff();
  await play([step], lab, () => {});
  await wire.answersSince(spanOf(lab.truth.at(-1)!).to);
}
const after = clockOff();
const clockSet = { low: after.low - before.high, high: after.high - before.low };
const { truth, pids } = lab;
const hogged = lab.contend(LIMIT_MS);
const report: Report = {
  farMs: [...far.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time)),
  truth: [...truth],
  echoes: wire.echoes,
  rarps: wire.rarps,
  clockSet,
  pids,
  namespaces: [lab.observer.pid, lab.innerWatcher.pid, ...pids].map(pid =>
    readlinkSync(`/proc/${pid}/ns/net`),
  ),
};
console.log(JSON.stringify(report));
await hogged;
