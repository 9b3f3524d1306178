/**
 * The whole program under load: recording, drawing and answering keys, for as many seconds as LOAD_SECONDS says.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { join, Namespace } from '../../src/lab/namespace.js';
import { isSample, RecordingReader } from '../../src/recording/reader.js';
import { openScreen, type Screen } from '../support/screen.js';
import { cpuTime, crowd } from './cpu.js';
import { quantile } from './pcap.js';
import type { Row } from './row.js';

const SECONDS = Number(process.env.LOAD_SECONDS ?? 40);
/** Until every single probe of ten minutes is kept, memory grows; a shorter run shows by how much in its second half. */
const FILLED_S = 600;
const SETTLED_S = SECONDS > FILLED_S ? FILLED_S : SECONDS / 2;
/** Names resolved, threads up, buffers grown to their size. */
const WARM_UP_MS = 15_000;
const KEY_EVERY_MS = 2000;
const MISSED = 0.01;
const KEY_MS = 100;

interface Load {
  targets: number;
  intervalMs: number;
}

const LOADS: readonly Load[] = [
  { targets: 2000, intervalMs: 200 },
  { targets: 50, intervalMs: 10 },
];

/** Needs root. */
export async function load(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const each of LOADS) rows.push(...(await under(each)));
  return rows;
}

export async function under({ targets, intervalMs }: Load): Promise<Row[]> {
  const folder = mkdtempSync(pathOf(tmpdir(), 'migwatch-load-'));
  const [list, recording] = [pathOf(folder, 'targets'), pathOf(folder, 'load.jsonl')];
  const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
  join(here, there, 'load', 65);
  writeFileSync(list, crowd(here, there, 65, targets).join('\n'));

  const screen = openScreen(['-f', list, '-i', `${intervalMs}ms`, `--record=${recording}`], {
    cols: 120,
    rows: 40,
    enter: command => here.inside(command),
  });
  try {
    await screen.waitFor(/q quit/, 60_000);
    await wait(WARM_UP_MS);
    const before = { cpu: cpuTime(screen.pid()), at: performance.now() };
    const keys = await pressing(screen, SETTLED_S * 1000);
    const settled = rssOf(screen.pid());
    keys.push(...(await pressing(screen, (SECONDS - SETTLED_S) * 1000)));
    const cpu = (cpuTime(screen.pid()) - before.cpu) / (performance.now() - before.at);
    const grown = rssOf(screen.pid()) / settled - 1;
    screen.press('q');
    await screen.exit;
    const missed = missedIn(recording, intervalMs);
    const name = `${targets} targets at ${1000 / intervalMs} Hz, recorded, on screen, ${SECONDS} s`;
    const key = quantile(keys, 0.95);
    const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
    return [
      {
        figure: name,
        measured: `${percent(missed.share)} of ${missed.due} probes missed, ${missed.lost} lost; CPU ${percent(cpu)} of a core`,
        target: '<= 1 % missed',
        ok: missed.share <= MISSED,
      },
      {
        figure: 'the same: a key until the screen shows it, median / p95 / most',
        measured: `${[quantile(keys, 0.5), key, Math.max(...keys)].map(ms => ms.toFixed(0)).join(' / ')} ms of ${keys.length}`,
        target: `p95 <= ${KEY_MS} ms`,
        ok: key <= KEY_MS,
      },
      {
        figure: 'the same: memory',
        measured: `${(settled / 1024).toFixed(0)} MB after ${SETTLED_S} s, ${grown >= 0 ? '+' : ''}${percent(grown)} at the end`,
        target: '<= 10 % more',
        ok: grown <= 0.1,
      },
    ];
  } finally {
    screen.press('q');
    here.close();
    there.close();
    rmSync(folder, { recursive: true });
  }
}

/** Opens and closes the help now and then; how long each took to show. */
export async function pressing(screen: Screen, forMs: number): Promise<number[]> {
  const took: number[] = [];
  const shows = {
    help: (text: string) => /toggle help/.test(text),
    rest: (text: string) => /q quit/.test(text),
  };
  for (const end = performance.now() + forMs; performance.now() < end; await wait(KEY_EVERY_MS))
    for (const wanted of [shows.help, shows.rest]) {
      const pressed = performance.now();
      screen.press('?');
      await screen.waitFor(wanted);
      took.push(performance.now() - pressed);
      await wait(KEY_EVERY_MS / 4);
    }
  return took;
}

/** The share of slots between a target's first and last probe in which none left. */
function missedIn(recording: string, intervalMs: number): { share: number; due: number; lost: number } {
  const seen = new Map<string, { first: number; last: number; sent: Set<number> }>();
  let lost = 0;
  const reader = RecordingReader.open(recording);
  for (let entries = reader.read(); entries; entries = reader.read())
    for (const entry of entries) {
      if (!isSample(entry) || entry.probe !== 'icmp') continue;
      const { target, at, seq, outcome } = entry;
      if (outcome.kind === 'lost') lost++;
      const known = seen.get(target);
      if (!known) seen.set(target, { first: at, last: at, sent: new Set([seq]) });
      else {
        known.last = Math.max(known.last, at);
        known.sent.add(seq);
      }
    }
  reader.close();
  const all = [...seen.values()];
  const due = all.reduce((sum, { first, last }) => sum + Math.round((last - first) / intervalMs) + 1, 0);
  const sent = all.reduce((sum, each) => sum + each.sent.size, 0);
  return { share: Math.max(0, 1 - sent / due), due, lost };
}

export function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}
