/** What a flood of forgeries from the segment costs us, and whether it changes a verdict. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Forgery } from '../support/flooder.js';
import { Headless } from '../support/headless.js';
import { Segment } from '../support/segment.js';
import { cpuTime } from './cpu.js';
import { quantile } from './pcap.js';
import type { Row } from './row.js';

const PER_SECOND = 20_000;
const SECONDS = 6;
const WARM_UP_MS = 4000;
/** What a flood may cost beyond the quiet, of a core. */
const SHARE = 15;
const WORST_LATENESS_MS = 20;

const FLOODS: Record<string, readonly Forgery[]> = {
  'echo replies': ['reply'],
  'ICMP errors': ['error'],
  'ICMP timestamps': ['stamp'],
  'gratuitous ARP': ['arp'],
  RARP: ['rarp'],
};

/** Behind one hardware address, as those of a router or of a host that masks its guests. */
const CROWD = 2000;
const CROWD_INTERVAL = '200ms';
const CROWD_SHARE = 50;

/** Needs root. */
export async function flood(): Promise<Row[]> {
  return [...(await ofOne()), await ofStolen(), ...(await ofCrowd())];
}

async function ofCrowd(): Promise<Row[]> {
  const segment = await Segment.create();
  const argv = ['-i', CROWD_INTERVAL, ...segment.crowd(CROWD)];
  const ours = Headless.start(argv, command => segment.watcher.inside(command));
  await wait(3 * WARM_UP_MS);
  const quiet = await during(ours, () => wait(SECONDS * 1000));
  const cost = await during(ours, () => segment.flood(['rarp'], PER_SECOND, SECONDS));
  const more = cost.percent - quiet.percent;
  await ours.end();
  segment.close();
  const doubted = ours.of('event').filter(({ state }) => state === 'open').length;
  return [
    {
      figure: `forged RARP of one hardware address that ${CROWD} targets share, ${PER_SECOND / 1000},000 a second`,
      measured: `+${more.toFixed(0)} % of a core (${quiet.percent.toFixed(0)} % without), ${cost.red ? 'RED' : 'never red'}, ${doubted} amber events`,
      target: `≤ ${CROWD_SHARE} %, never red`,
      ok: more <= CROWD_SHARE && !cost.red,
    },
  ];
}

/** The switch believes each frame and sends the target's traffic to the attacker, until the target is asked for. */
async function ofStolen(): Promise<Row> {
  const segment = await Segment.create();
  const ours = Headless.start(['--samples', Segment.target], command => segment.watcher.inside(command));
  await wait(WARM_UP_MS);
  const quiet = await during(ours, () => wait(SECONDS * 1000));
  const cost = await during(ours, async () => {
    await segment.flood(['steal'], PER_SECOND, SECONDS);
    await segment.flood(['ask'], 100, 0.01);
    await wait(WARM_UP_MS);
  });
  await ours.end();
  segment.close();
  const more = cost.percent - quiet.percent;
  return {
    figure: `RARP with the target's address as Ethernet source, ${PER_SECOND / 1000},000 a second, its clock read`,
    measured: `+${more.toFixed(1)} % of a core (${quiet.percent.toFixed(1)} % without), ${cost.red ? 'RED' : 'never red'}, ${cost.unanswered} of ${cost.probes} unanswered`,
    target: `≤ ${SHARE} %, never red`,
    ok: more <= SHARE && !cost.red && cost.unanswered > 0,
  };
}

async function ofOne(): Promise<Row[]> {
  const segment = await Segment.create();
  const ours = Headless.start(['--samples', Segment.target], command => segment.watcher.inside(command));
  await wait(WARM_UP_MS);
  const quiet = await during(ours, () => wait(SECONDS * 1000));
  const rows: Row[] = [];
  for (const [name, kinds] of Object.entries(FLOODS)) {
    let sent = 0;
    const cost = await during(ours, async () => {
      sent = await segment.flood(kinds, PER_SECOND, SECONDS);
    });
    await wait(1000);
    const more = cost.percent - quiet.percent;
    rows.push({
      figure: `forged ${name}, ${Math.round(sent / SECONDS / 1000)},000 a second`,
      measured:
        `+${more.toFixed(1)} % of a core (${quiet.percent.toFixed(1)} % without), ${cost.late.toFixed(1)} ms late at worst, ` +
        `${cost.red ? 'RED' : 'never red'}, ${cost.unanswered} of ${cost.probes} unanswered, ${cost.stamped.toFixed(0)} % stamped by the kernel`,
      target: `≤ ${SHARE} %, ≤ ${WORST_LATENESS_MS} ms, never red, all answered`,
      ok: more <= SHARE && cost.late <= WORST_LATENESS_MS && !cost.red && cost.unanswered === 0,
    });
  }
  await ours.end();
  segment.close();
  return rows;
}

async function during(ours: Headless, body: () => Promise<unknown>) {
  const [from, pid] = [ours.lines.length, ours.child.pid!];
  const [before, began] = [cpuTime(pid), performance.now()];
  await body();
  const percent = ((cpuTime(pid) - before) / (performance.now() - began)) * 100;
  const lines = ours.lines.slice(from);
  const echoes = lines.filter(({ type, probe }) => type === 'sample' && probe === 'icmp');
  const of = (kind: string) => echoes.filter(line => line.kind === kind);
  const kernels = of('reply').filter(({ stamp }) => stamp === 'kernel').length;
  const starts = echoes.filter(({ kind }) => kind === 'reply').map(({ at }) => Date.parse(at));
  const steps = starts.slice(1).map((at, index) => at - starts[index]! - 50);
  return {
    percent,
    late: steps.length > 0 ? quantile(steps, 1) : Infinity,
    red: lines.some(({ light }) => light === 'red'),
    probes: echoes.length,
    unanswered: of('lost').length + of('unsent').length + of('overdue').length,
    stamped: (100 * kernels) / of('reply').length,
  };
}
