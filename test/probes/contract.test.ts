import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { backends } from '../../probes/index.js';
import type { Backend, ProbeTarget } from '../../probes/prober.js';
import { loopLagToleranceMs, turnMs } from '../../probes/timing/schedule.js';
import { type Sample, toMicros } from '../../src/core/sample.js';
import { resolveOptions } from '../../src/core/validation/options.js';
import { now } from '../../src/system/clock.js';
import { pause, prepared } from '../support/probed.js';

const contract = suite('every backend');

const INTERVAL = 40;
const KINDS = ['reply', 'overdue', 'lost', 'unsent', 'duplicate', 'foreign'];
/** ping keeps a schedule of its own, and counts from 1 as its numbers on the wire do. */
const OWN_SCHEDULE = new Set(['ping']);

const server = createServer(socket => socket.on('error', () => {}));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
server.unref();
const { port } = server.address() as AddressInfo;

const target = (backend: Backend, id: string, phaseMs: number): ProbeTarget => ({
  id,
  address: backend.probe === 'sim' ? id : '127.0.0.1',
  family: 4,
  phaseMs,
  ...(backend.probe === 'tcp' && { port }),
});

/** Of the simulated VM, its echoes. */
const optionsOf = (backend: Backend) => ({
  ...resolveOptions(backend.name, backend.options),
  ...(backend.probe === 'sim' && { clock: 0, announce: 0 }),
});

/** Two targets, the second half an interval behind; the first moves to another address in the middle. */
async function session(backend: Backend) {
  const { plan, samples, failures, ports } = prepared({
    intervalMs: INTERVAL,
    options: optionsOf(backend),
    targets: [target(backend, 'a', 0), target(backend, 'b', INTERVAL / 2)],
  });
  const prober = await backend.open(plan, ports);
  const seen = async (count: number) => {
    for (
      const end = now(plan.origin) + 60_000;
      samples.length < count && !failures.length && now(plan.origin) < end;
    )
      await pause(5);
  };
  await seen(16);
  prober.readdress('a', backend.probe === 'sim' ? 'a2' : '127.0.0.2', 4);
  await seen(samples.length + 16);
  await prober.stop();
  return { samples, failures, stoppedAt: now(plan.origin) };
}

/** One target stays; another comes, goes, and comes again under the same name. */
async function comingAndGoing(backend: Backend) {
  const { plan, samples, failures, ports } = prepared({
    intervalMs: INTERVAL,
    options: optionsOf(backend),
    targets: [target(backend, 'a', 0)],
  });
  const prober = await backend.open(plan, ports);
  const of = (id: string) => samples.filter(sample => sample.target === id);
  const seen = async (id: string, count: number) => {
    for (const end = now(plan.origin) + 60_000; of(id).length < count && now(plan.origin) < end; )
      await pause(5);
  };
  await seen('a', 3);
  prober.add(target(backend, 'b', INTERVAL / 2));
  await seen('b', 4);
  prober.remove('b');
  // What was found within the same turn may still be on its way.
  await pause(0);
  const first = of('b').length;
  await seen('a', of('a').length + 5);
  const whileGone = of('b').length - first;
  prober.add(target(backend, 'b', INTERVAL / 2));
  await seen('b', first + 4);
  await prober.stop();
  return { a: of('a'), visits: [of('b').slice(0, first), of('b').slice(first)], whileGone, failures };
}

for (const backend of backends) {
  const permission = await backend.check(4);
  if (!permission.allowed) {
    contract(`${backend.name} is refused here with a reason`, () => assert.ok(permission.reason.length > 10));
    continue;
  }
  contract(`${backend.name} keeps the contract`, async () => {
    const { samples, failures, stoppedAt } = await session(backend);
    const count = samples.length;
    assert.equal(
      failures.map(error => error.message),
      [],
    );
    assert.ok(count >= 32, `${count} samples`);
    for (const sample of samples) wellFormed(sample, backend);
    assert.equal(
      samples.map(sample => sample.knownAt),
      samples.map(sample => sample.knownAt).sort((a, b) => a - b),
    );
    for (const id of ['a', 'b'])
      onSchedule(
        samples.filter(sample => sample.target === id),
        backend,
      );
    assert.ok(samples.every(sample => sample.knownAt <= stoppedAt));
    await pause(3 * INTERVAL);
    assert.is(samples.length, count, 'silent after stop');
  });
}

for (const backend of backends) {
  if (!(await backend.check(4)).allowed) continue;
  contract(
    `${backend.name} takes targets in and lets them go, and leaves the others undisturbed`,
    async () => {
      const { a, visits, whileGone, failures } = await comingAndGoing(backend);
      assert.is(failures.length, 0);
      onSchedule(a, backend);
      for (const visit of visits) {
        assert.ok(visit.length >= 4);
        for (const sample of visit) wellFormed(sample, backend);
        onSchedule(visit, backend);
      }
      assert.is(whileGone, 0);
    },
  );
}

function wellFormed({ at, knownAt, target, probe, seq, outcome, lagMs }: Sample, backend: Backend): void {
  assert.is(probe, backend.probe);
  assert.ok(target === 'a' || target === 'b');
  assert.ok(Number.isInteger(seq) && seq >= 0);
  assert.ok(KINDS.includes(outcome.kind), outcome.kind);
  assert.ok(knownAt >= at, `known at ${knownAt}, sent at ${at}`);
  const times = [
    at,
    knownAt,
    lagMs,
    'rttMs' in outcome && outcome.rttMs,
    'waitedMs' in outcome && outcome.waitedMs,
  ];
  for (const time of times) if (typeof time === 'number') assert.is(time, toMicros(time));
}

function onSchedule(samples: Sample[], backend: Backend): void {
  const sent = [
    ...new Map(samples.map(({ seq, at, lagMs = 0 }) => [seq, { seq, planned: at - lagMs }])).values(),
  ];
  sent.sort((a, b) => a.seq - b.seq);
  assert.equal(
    sent.map(({ seq }) => seq),
    sent.map((_, i) => i + (OWN_SCHEDULE.has(backend.probe) ? 1 : 0)),
    'counts up by one',
  );
  if (OWN_SCHEDULE.has(backend.probe)) return;
  // A longer lag is reported and a probe never leaves early, so all leave within this much after slots of one grid.
  const unreported = backend.probe === 'icmp' ? loopLagToleranceMs(INTERVAL) : turnMs(INTERVAL);
  const offsets = sent.map(({ planned }) => (planned - sent[0]!.planned) % INTERVAL);
  const sorted = offsets.map(offset => (offset + INTERVAL) % INTERVAL).sort((a, b) => a - b);
  const gaps = sorted.map((offset, i) => (sorted[i + 1] ?? sorted[0]! + INTERVAL) - offset);
  const spread = INTERVAL - Math.max(...gaps);
  assert.ok(spread <= unreported + 0.01, `probes left up to ${spread} ms after their slots`);
  const grid = sent[0]!.planned + sorted[(gaps.indexOf(Math.max(...gaps)) + 1) % sorted.length]! - 0.005;
  const slots = sent.map(({ planned }) => Math.floor((planned - grid) / INTERVAL));
  assert.ok(
    slots.every((slot, i) => i === 0 || slot > slots[i - 1]!),
    'at most one probe a slot; slots may be missed on a busy machine',
  );
}

contract.run();
