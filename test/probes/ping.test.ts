import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePingLine } from '../../probes/ping/ping-line.js';
import { PingReader, WallClock } from '../../probes/ping/reader.js';
import { ping } from '../../probes/ping.js';
import { InFlightProbes } from '../../probes/timing/in-flight.js';
import type { Sample } from '../../src/core/sample.js';
import { needing } from '../support/needs.js';
import { prepared, probed } from '../support/probed.js';

const pinging = suite('ping');

/** Reads lines as if each were read in the moment of its stamp, with an epoch of 0. */
function told(lines: string[], firstSeq = 1) {
  const samples: Sample[] = [];
  const plan = { target: 'vm', probe: 'ping', timeoutMs: 1000, lagToleranceMs: Infinity };
  const probes = new InFlightProbes(plan, sample => void samples.push(sample));
  const reader = new PingReader(probes, 50, firstSeq);
  for (const text of lines) {
    const line = parsePingLine(text)!;
    const stampMs = line.kind === 'header' ? 0 : line.stampMs!;
    probes.expire(stampMs);
    reader.read(line, stampMs, stampMs);
  }
  return {
    reader,
    samples: samples.map(({ seq, at, knownAt, outcome }) => ({ seq, at, knownAt, ...outcome })),
  };
}

pinging('a reply left its RTT before it came', () => {
  const { samples } = told(['[1.000500] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=63 time=0.500 ms']);
  assert.equal(samples, [
    { seq: 1, at: 1000, knownAt: 1000.5, kind: 'reply', rttMs: 0.5, ttl: 63, stamp: 'kernel-rx' },
  ]);
});

pinging('a probe without answer left an interval before the next; then it is overdue, lost, and late', () => {
  const { samples, reader } = told([
    '[1.000500] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=0.500 ms',
    '[1.100000] no answer yet for icmp_seq=2',
    '[1.150000] no answer yet for icmp_seq=3',
    '[2.150000] 64 bytes from 10.0.0.7: icmp_seq=2 ttl=64 time=1100 ms',
  ]);
  assert.equal(samples.slice(1), [
    // Both are expired when the line of 1150 comes: sent at 1100, the second was 50 ms old then.
    { seq: 2, at: 1050, knownAt: 1150, kind: 'overdue', waitedMs: 100 },
    { seq: 3, at: 1100, knownAt: 1150, kind: 'overdue', waitedMs: 50 },
    { seq: 2, at: 1050, knownAt: 2050, kind: 'lost', reason: 'timeout' },
    { seq: 3, at: 1100, knownAt: 2100, kind: 'lost', reason: 'timeout' },
    { seq: 4, at: 1150, knownAt: 2150, kind: 'lost', reason: 'timeout' },
    { seq: 2, at: 1050, knownAt: 2150, kind: 'reply', rttMs: 1100, ttl: 64, late: true, stamp: 'kernel-rx' },
  ]);
  assert.is(reader.nextSeq, 5);
});

pinging('errors, duplicates and unexpected sources are distinguished', () => {
  const { samples } = told([
    '[1.000000] no answer yet for icmp_seq=1',
    '[1.010000] From 10.0.0.1 icmp_seq=1 Destination Host Unreachable',
    '[1.020000] 64 bytes from 10.6.6.6: icmp_seq=2 ttl=64 time=20.0 ms (DIFFERENT ADDRESS!)',
    '[1.030000] 64 bytes from 10.0.0.7: icmp_seq=2 ttl=64 time=30.0 ms',
    '[1.040000] 64 bytes from 10.0.0.7: icmp_seq=2 ttl=64 time=40.0 ms (DUP!)',
    '[2.000000] 64 bytes from 10.0.0.7: icmp_seq=2 ttl=64 time=990 ms (DUP!)',
  ]);
  assert.equal(
    samples.map(({ knownAt: _, ...rest }) => rest),
    [
      { seq: 2, at: 1000, kind: 'foreign', from: '10.6.6.6' },
      { seq: 2, at: 1000, kind: 'reply', rttMs: 30, ttl: 64, stamp: 'kernel-rx' },
      { seq: 1, at: 950, kind: 'overdue', waitedMs: 90 },
      { seq: 2, at: 1000, kind: 'duplicate', rttMs: 40 },
      { seq: 1, at: 950, kind: 'lost', reason: 'unreachable', from: '10.0.0.1' },
    ],
  );
});

pinging('the count continues after 16 bits, and a forged number far ahead is ignored', () => {
  const reply = (i: number) => `[${i}] 64 bytes from 10.0.0.7: icmp_seq=${i % 65536} ttl=64 time=1 ms`;
  const { samples } = told([
    ...Array.from({ length: 65_540 }, (_, i) => reply(i + 1)),
    '[65541] 64 bytes from 10.0.0.7: icmp_seq=30000 ttl=64 time=1 ms',
    reply(65_541),
  ]);
  assert.equal(
    samples.map(({ seq }) => seq).slice(-7),
    [65_535, 65_536, 65_537, 65_538, 65_539, 65_540, 65_541],
  );
});

pinging('a second run continues where the first one ended', () => {
  const { samples } = told(['[9.0] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms'], 42);
  assert.is(samples[0]!.seq, 42);
});

pinging('wall clock: rounding cancels out, and setting it shifts nothing', () => {
  const clock = new WallClock();
  clock.compare(1000.9, 5000);
  clock.compare(1010.2, 5010);
  assert.ok(Math.abs(clock.onLine(5020) - 1020.2) < 1e-6);
  clock.compare(1020.3, 3_605_020);
  assert.ok(Math.abs(clock.onLine(3_605_030) - 1030.3) < 1e-6);
});

const real = needing(pinging, { commands: ['ping'] });

real('pings loopback, and leaves no process behind', async () => {
  const { samples, notices } = await probed(ping, { until: found => found.length >= 8 });
  assert.ok(samples.length >= 8);
  samples.forEach(({ seq, at, knownAt, outcome }, i) => {
    assert.is(seq, i + 1);
    assert.ok(outcome.kind === 'reply' && outcome.ttl === 64 && outcome.rttMs < knownAt - at + 1);
  });
  assert.equal(notices, []);
});

real('says why it ended and starts again, once told', async () => {
  // A hostile address never gets here as such: it is no number. What ping refuses is told in ping's own words.
  const { samples, notices } = await probed(ping, {
    address: '256.1.1.1',
    until: found => found.length >= 2,
  });
  assert.equal(
    samples.map(({ seq, outcome }) => [seq, outcome.kind]),
    [
      [1, 'unsent'],
      [2, 'unsent'],
    ],
  );
  assert.is(notices.length, 1);
  assert.match(notices[0]!, /^ping to 256\.1\.1\.1 ended \(.+\); starting it again$/);
});

/** Runs `body` with a PATH that holds nothing but what `make` puts there. */
async function withPath<T>(make: (file: string) => void, body: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path(tmpdir(), 'migwatch-ping-'));
  const before = process.env.PATH;
  try {
    make(path(folder, 'ping'));
    process.env.PATH = folder;
    return await body();
  } finally {
    process.env.PATH = before;
    rmSync(folder, { recursive: true });
  }
}

const complaining = (words: string) => (file: string) =>
  writeFileSync(file, `#!/bin/sh\necho "ping: ${words}" >&2\nexit 2\n`, { mode: 0o755 });

async function refusal(make: (file: string) => void): Promise<string> {
  const permission = await withPath(make, () => ping.check(4));
  assert.is(permission.allowed, false);
  return permission.allowed ? '' : `${permission.reason} | ${permission.remedy}`;
}

pinging('without ping, the error names what to install', async () => {
  assert.match(await refusal(() => {}), /no ping on the PATH .*\| install iputils/);
});

needing(pinging, { commands: ['busybox'] })("busybox's ping is refused for what it lacks", async () => {
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  assert.match(
    await refusal(file => symlinkSync(busybox, file)),
    /does not have -D and -O.*\| install iputils/,
  );
});

pinging('if ping can’t open its socket, the error has the command that permits it', async () => {
  const words = await refusal(complaining('socktype: SOCK_RAW: Operation not permitted'));
  assert.match(words, /may not open its socket .*\| sudo setcap cap_net_raw/);
});

pinging('an interval that ping refuses is refused at opening', async () => {
  const { plan, ports } = prepared({ targets: [{ id: 'vm', address: '127.0.0.1', family: 4, phaseMs: 0 }] });
  const error = await withPath(complaining('cannot flood; minimal interval allowed for user is 200ms'), () =>
    ping.open(plan, ports).catch(error => error),
  );
  assert.match(error.message, /refuses such a short interval .*200ms.*: use a longer one/);
});

pinging.run();
