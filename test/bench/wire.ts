/**
 * Real migrations of all kinds between two namespaces, and bulk traffic that is not a migration: what `migwatch wire` reports of each,
 * beside what QEMU reports. `RUNS=5 node dist/test/bench/wire.js`, as root; SAMPLES=FOLDER keeps
 * a sample of each capture. it needs QEMU, tcpdump, openssl, ssh, sshd, iperf3, curl.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, type Line } from '../support/headless.js';
import { CANARIES, CANARY, type MoveKind, type MoveResult, WireRig } from '../support/wire-rig.js';
import { sampleOf } from '../support/wire-sample.js';
import { WireTraffic } from '../support/wire-traffic.js';

const KINDS: Readonly<Record<string, MoveKind>> = {
  'TCP, in clear': {},
  'IPv6, in clear': { family: 6, port: 4444 },
  'multifd, in clear': { multifd: 3 },
  'post-copy, in clear': { postcopy: true },
  'fast, in clear': { bytesPerSecond: 1e9 },
  'TLS 1.3': { tls: 'NORMAL' },
  'TLS 1.2': { tls: 'NORMAL:-VERS-TLS1.3', port: 4444 },
  'TLS 1.3, multifd': { tls: 'NORMAL', multifd: 2 },
};

const runs = Number(process.env.RUNS ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'migwatch-wire-'));
const rig = await WireRig.build(folder);
const traffic = new WireTraffic(rig, folder);
const wrong: string[] = [];

/** The streams of what `act` sends over the cable. */
async function flowsOf(name: string, act: () => Promise<unknown>): Promise<Line[]> {
  const file = join(folder, 'cable.pcap');
  const stop = await rig.capture(file);
  await act();
  await stop();
  if (process.env.SAMPLES)
    writeFileSync(
      join(process.env.SAMPLES, `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.pcap`),
      sampleOf(readFileSync(file)),
    );
  const { stdout } = spawnSync(process.execPath, [CLI, 'wire', file, '--json', '--canary', CANARY], {
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(text => JSON.parse(text) as Line)
    .filter(({ type }) => type === 'flow');
}

async function check(name: string, protection: string, act: () => Promise<MoveResult>): Promise<void> {
  let result: MoveResult | undefined;
  const flows = await flowsOf(name, async () => {
    result = await act();
  });
  const flow = flows.sort((a, b) => b.bytes - a.bytes)[0];
  if (!flow || !result) return void wrong.push(`${name}: no stream`);
  const more = (100 * (flow.bytes - result.transferred)) / result.transferred;
  const late = flow.durationMs - result.totalMs;
  const isFine =
    flow.protection === protection &&
    flow.migration === (protection === 'clear' ? 'yes' : protection === 'tls' ? 'likely' : 'no') &&
    flow.canary === (protection === 'clear' ? CANARIES : 0);
  if (!isFine) wrong.push(`${name}: ${JSON.stringify(flow)}`);
  const zero = result.duplicate / (result.duplicate + result.normal);
  console.log(
    `${name.padEnd(22)} ${isFine ? 'right' : 'WRONG'}  ${flow.migration.padEnd(6)} ${flow.protection.padEnd(6)} channels ${flow.channels}  bytes ${more >= 0 ? '+' : ''}${more.toFixed(2)} %  time ${late.toFixed(0)} ms of ${result.totalMs}  canary ${flow.canary}` +
      (flow.zeroPageShare === undefined
        ? ''
        : `  zero pages ${flow.zeroPageShare} (QEMU ${zero.toFixed(4)})`),
  );
}

function has(name: string, needs: readonly string[]): boolean {
  const missing = needs.filter(
    need => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${need}`]).status !== 0,
  );
  if (missing.length > 0) console.log(`${name.padEnd(22)} left out: needs ${missing.join(', ')}`);
  return missing.length === 0;
}

try {
  for (let run = 0; run < runs; run++) {
    for (const [name, kind] of Object.entries(KINDS))
      await check(name, kind.tls === undefined ? 'clear' : 'tls', () => rig.migrate(kind));
    if (has('SSH tunnel', ['ssh', 'sshd'])) await check('SSH tunnel', 'ssh', () => traffic.throughSsh());
    for (const [name, { needs, run }] of Object.entries(traffic.lookAlikes)) {
      if (!has(name, needs)) continue;
      const flows = await flowsOf(name, run);
      const called = flows.filter(({ migration }) => migration !== 'no');
      if (called.length > 0 || flows.length === 0) wrong.push(`${name}: ${JSON.stringify(called)}`);
      const kinds = flows.map(({ protocol, protection, bytes }) => `${protocol}/${protection} ${bytes}`);
      console.log(
        `${name.padEnd(22)} ${called.length > 0 ? 'WRONG' : 'right'}  ${kinds.slice(0, 3).join(', ')}`,
      );
    }
  }
} finally {
  rig.close();
  rmSync(folder, { recursive: true });
}
for (const text of wrong) console.log(text);
process.exit(wrong.length > 0 ? 1 : 0);
