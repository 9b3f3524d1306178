/**
 * Compares what hypervisors report with what they did and what was seen: `hypervisors.js [ROUNDS] [FOLDER]`, as root. FOLDER
 * keeps the recordings, the truth and the times of ping's replies. Each round (4 by default) migrates a real VM in every way: under QEMU, and under two libvirtd, natively, peer to peer and in a tunnel, with and
 * without TLS. Then six migrations are concealed. An independent `ping -D -i 0.01` measures how long the VM is unreachable.
 * The measuring processes have a higher priority, each in a session of its own; the load is printed, because it shifts what
 * they measure.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { textTable } from '../../src/core/format/table.js';
import type { TruthItem } from '../../src/evaluation/truth.js';
import { GUEST_ADDRESS } from '../../src/lab/guest.js';
import { Lab } from '../../src/lab/lab.js';
import { killedWithParent, type Namespace } from '../../src/lab/namespace.js';
import { play } from '../../src/lab/play.js';
import { parseScenario } from '../../src/lab/scenario.js';
import { sleep } from '../../src/lab/time.js';
import { watchCommand, watchEnvironment } from '../../src/lab/watcher.js';

const ROUNDS = Number(process.argv[2] ?? 4);
const FOLDER = process.argv[3];
const LEARN_MS = 12_000;
const REST_MS = 5000;
const HIDDEN_REST_MS = 14_000;
const PRIORITY = '-15';

type Event = Record<string, unknown> & {
  id: string;
  kind: string;
  startedAt: string;
  freezeMs?: number;
  stuntimeMs?: number;
  unreachableMs?: number;
  reported?: { state: string; totalMs?: number; downtimeMs?: number; transport?: string };
};

interface Case {
  setting: string;
  ways: readonly string[];
  transports: readonly string[];
}
/** Each way to migrate, and the transports that may be reported for it: none is never wrong. */
const CASES: readonly Case[] = [
  { setting: 'hypervisors qemu', ways: ['migrate', 'migrate tls=on'], transports: ['clear', 'tls'] },
  {
    setting: 'hypervisors libvirt',
    ways: [
      ...['migrate', 'migrate tls=on', 'migrate via=p2p', 'migrate via=p2p tls=on'],
      ...['migrate via=tunnel', 'migrate via=tunnel tls=on'],
    ],
    transports: ['clear', 'tls', 'clear', 'tls', '-', '-'],
  },
];

/** A migwatch and a ping beside it, with what they wrote. */
class Measuring {
  readonly events = new Map<string, Event>();
  /** When replies arrived, in ms since 1970. */
  readonly replies: number[] = [];
  private readonly children: ChildProcess[] = [];

  constructor(
    private readonly name: string,
    private readonly lab: Lab,
    options: Parameters<typeof watchCommand>[1],
  ) {
    const watch = watchCommand(lab, options, {
      probing: ['-i', '10ms'],
      session: ['--headless', '--hold', '0', ...(FOLDER ? [`--record=${FOLDER}/${name}.jsonl`] : [])],
    });
    this.start(lab.observer, watch, line => {
      const read = JSON.parse(line);
      if (read.type === 'event') this.events.set(read.id, read);
    });
    const ping = killedWithParent(['ping', '-D', '-n', '-i', '0.01', GUEST_ADDRESS]);
    this.start(lab.observer, ping, line => {
      const [, seconds] = /^\[(\d+\.\d+)\] \d+ bytes from/.exec(line) ?? [];
      if (seconds !== undefined) this.replies.push(Number(seconds) * 1000);
    });
  }

  /** The longest time without a reply around a moment. */
  gapAround(from: number, to: number): number {
    const near = this.replies.filter(at => at > from - 2000 && at < to + 2000);
    return Math.max(...near.slice(1).map((at, index) => at - near[index]!));
  }

  /** The event of a migration. */
  eventOf({ stop, resume }: TruthItem): Event | undefined {
    const isNear = ({ startedAt }: Event) =>
      Math.abs(Date.parse(startedAt) - stop! * 1000) < 1000 + (resume! - stop!) * 1000;
    return [...this.events.values()].find(isNear);
  }

  stop(): void {
    for (const child of this.children) child.kill('SIGTERM');
    if (!FOLDER) return;
    writeFileSync(`${FOLDER}/${this.name}.truth.json`, JSON.stringify(this.lab.truth));
    writeFileSync(`${FOLDER}/${this.name}.ping.json`, JSON.stringify(this.replies));
  }

  private start(where: Namespace, command: string[], take: (line: string) => void): void {
    const stdio = ['pipe', 'pipe', 'ignore'] as const;
    const child = where.spawn(command, { stdio: [...stdio], detached: true, env: watchEnvironment() });
    createInterface(child.stdout!).on('line', take);
    writeFileSync(`/proc/${child.pid}/autogroup`, PRIORITY);
    this.children.push(child);
  }
}

interface Row {
  way: string;
  truth: TruthItem;
  event: Event | undefined;
  gapMs: number;
  transport: string;
}

async function measure({ setting, ways, transports }: Case): Promise<Row[]> {
  const { lab: options } = parseScenario(`${setting}; monitors; hosts 0; migrate tls=on`);
  const lab = await Lab.start(options);
  const measuring = new Measuring(setting.replace(' ', '-'), lab, options);
  const rows: Row[] = [];
  try {
    await sleep(LEARN_MS);
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, way] of ways.entries()) {
        await play(parseScenario(`${setting}; ${way}`).steps, lab, () => {});
        await sleep(REST_MS);
        const truth = lab.truth.at(-1)!;
        const name = `${setting.split(' ')[1]} ${way.replace('migrate', '').trim()}`.trim();
        const gapMs = measuring.gapAround(truth.stop! * 1000, truth.resume! * 1000);
        rows.push({ way: name, truth, event: undefined, gapMs, transport: transports[index]! });
      }
    await sleep(REST_MS);
    return rows.map(row => ({ ...row, event: measuring.eventOf(row.truth) }));
  } finally {
    measuring.stop();
    await lab.close();
  }
}

/** Six migrations that the monitors conceal; returns what became of each. */
async function concealed(): Promise<string[]> {
  const { lab: options } = parseScenario('monitors hidden; hosts 0; migrate');
  const lab = await Lab.start(options);
  const measuring = new Measuring('concealed', lab, options);
  try {
    await sleep(LEARN_MS);
    for (let round = 0; round < 6; round++) {
      await play(parseScenario('migrate').steps, lab, () => {});
      await sleep(HIDDEN_REST_MS);
    }
    return lab.truth.map(truth => {
      const event = measuring.eventOf(truth);
      const blackout = `${((truth.resume! - truth.stop!) * 1000).toFixed(0)} ms`;
      return `${blackout}: ${event ? `${event.kind}, ${event.reported?.state ?? 'no word of it'}` : 'not seen'}`;
    });
  } finally {
    measuring.stop();
    await lab.close();
  }
}

/** Rows of text, and whether all that can be equal is. */
function cellsOf({ way, truth, event, gapMs, transport }: Row) {
  const { reported, freezeMs, stuntimeMs, unreachableMs } = event ?? {};
  const stoppedMs = (truth.resume! - truth.stop!) * 1000;
  const gone = stuntimeMs ?? unreachableMs;
  const equal = reported?.totalMs === truth.total_ms && reported?.downtimeMs === truth.qemu_downtime_ms;
  const seen = reported?.transport ?? '-';
  const text = [
    way,
    event?.kind ?? 'not seen',
    `${reported?.downtimeMs ?? '-'} / ${truth.qemu_downtime_ms}`,
    `${reported?.totalMs ?? '-'} / ${truth.total_ms}`,
    `${seen}${seen === transport ? '' : ` (expected ${transport})`}`,
    stoppedMs.toFixed(1),
    freezeMs?.toFixed(1) ?? '-',
    freezeMs === undefined ? '-' : (freezeMs - stoppedMs).toFixed(2),
    gone?.toFixed(0) ?? '-',
    gapMs.toFixed(0),
  ];
  return {
    text,
    equal,
    transport: seen === transport,
    isWrong: seen !== '-' && seen !== transport,
    freezeOff: freezeMs === undefined ? Infinity : Math.abs(freezeMs - stoppedMs),
    goneOff: gone === undefined ? Infinity : Math.abs(gone - gapMs),
  };
}

const HEAD = [
  ...['way', 'seen as', 'downtime reported / its own', 'total reported / its own', 'transport'],
  ...['STOP to RESUME', 'freeze', 'off', 'unreachable', 'by ping'],
];
if (FOLDER) mkdirSync(FOLDER, { recursive: true });
console.log(`load at the start: ${loadavg()[0]!.toFixed(1)}`);
const rows: Row[] = [];
for (const each of CASES) rows.push(...(await measure(each)));
const cells = rows.map(cellsOf);
console.log(textTable([HEAD, ...cells.map(({ text }) => text)]).join('\n'));
const count = (what: (cell: (typeof cells)[number]) => boolean) =>
  `${cells.filter(what).length} of ${cells.length}`;
console.log(`load at the end: ${loadavg()[0]!.toFixed(1)}`);
console.log(`reported figures equal the hypervisor's own: ${count(cell => cell.equal)}`);
console.log(`transport as expected: ${count(cell => cell.transport)}; wrong: ${count(cell => cell.isWrong)}`);
console.log(`freeze within 1 ms of STOP to RESUME: ${count(cell => cell.freezeOff <= 1)}`);
console.log(`unreachable within 20 ms of ping, two of its intervals: ${count(cell => cell.goneOff <= 20)}`);
const hidden = await concealed();
console.log(['concealed migrations:', ...hidden].join('\n  '));
