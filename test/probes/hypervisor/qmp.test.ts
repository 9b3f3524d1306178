import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DomainIdentity, Report } from '../../../probes/hypervisor/backend.js';
import { qmp } from '../../../probes/hypervisor/qmp.js';
import type { Millis } from '../../../src/core/sample.js';
import { clockOrigin, now } from '../../../src/system/clock.js';
import { BareQemu } from '../../support/bare-qemu.js';
import { needing } from '../../support/needs.js';
import { until } from '../../support/until.js';

const test = suite('hypervisor: QMP of a real QEMU');
const withQemu = needing(test, { commands: ['qemu-system-x86_64'] });
const folder = mkdtempSync(join(tmpdir(), 'migwatch-qmp-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

type Seen = { at: Millis; knownAt: Millis; report: Report };

/** Connects, and collects what is reported. `shiftMs` sets our clock off the hypervisor's. */
function watch(address: string, shiftMs = 0) {
  const origin = clockOrigin();
  const seen: Seen[] = [];
  const domains: DomainIdentity[] = [];
  const ends: string[] = [];
  const connection = qmp.open(address, {
    now: () => now(origin) + shiftMs,
    domain: identity => void domains.push(identity),
    report: (_, at, knownAt, report) => void seen.push({ at, knownAt, report }),
    ended: error => void ends.push(error.message),
  });
  const jobs = () => seen.flatMap(({ report }) => (report.kind === 'job' ? [report] : []));
  const events = () =>
    seen.flatMap(({ report }) => (report.kind === 'domain' && report.event !== undefined ? [report] : []));
  return { seen, domains, ends, jobs, events, stop: () => connection.stop() };
}

for (const withEvents of [true, false])
  withQemu(
    `a migration is reported with QEMU's own figures, ${withEvents ? 'with' : 'without'} the capability events`,
    async () => {
      const source = await BareQemu.start(folder, `web${withEvents}`);
      const destination = await BareQemu.start(folder, `new${withEvents}`, { incoming: true });
      if (withEvents) await source.withEvents();
      const there = watch(source.monitor, 5000);
      const here = watch(destination.monitor, 5000);
      try {
        await until(() => there.seen.length > 0 && here.seen.length > 0, 'both answer');
        const { result, stopAt, resumeAt } = await source.migrateTo(destination, 30e6);
        await until(() => there.jobs().at(-1)?.status === 'completed', 'the result is reported');
        await until(() => here.events().some(({ event }) => event === 'RESUME'), 'RESUME is reported');
        const ram = result.ram as Record<string, number>;
        const last = there.jobs().at(-1)!;
        for (const name of ['total-time', 'setup-time', 'downtime'] as const)
          assert.is(last[name], result[name], name);
        for (const name of ['transferred', 'remaining', 'total', 'dirty-sync-count', 'page-size'] as const)
          assert.is(last[name], ram[name], name);
        assert.is(last.direction, 'outgoing');
        assert.is(last.transport, withEvents ? 'clear' : last.transport);
        assert.is(there.domains[0]!.name, `web${withEvents}`);
        const stop = there.events().find(({ event }) => event === 'STOP')!;
        const resume = here.events().find(({ event }) => event === 'RESUME')!;
        assert.ok(Math.abs(stop.eventAt! - stopAt) < 0.01, 'STOP');
        assert.ok(Math.abs(resume.eventAt! - resumeAt) < 0.01, 'RESUME');
        for (const { offsetMs, errorMs } of [...there.events(), ...here.events()].filter(
          each => each.offsetMs !== undefined,
        ))
          assert.ok(Math.abs(offsetMs! + 5000) <= errorMs! + 2, `offset ${offsetMs} ± ${errorMs}`);
        if (withEvents) assert.ok(stop.errorMs! < 10, `error ${stop.errorMs}`);
      } finally {
        await Promise.all([there.stop(), here.stop(), source.kill(), destination.kill()]);
      }
    },
  );

withQemu('nothing is reported more than once in five seconds while the domain is idle', async () => {
  const machine = await (await BareQemu.start(folder, 'idle')).withEvents();
  const there = watch(machine.monitor);
  try {
    await until(() => there.seen.length > 0, 'QEMU answers');
    await new Promise(done => setTimeout(done, 700));
    assert.equal(
      there.seen.map(({ report }) => report),
      [{ kind: 'domain', link: 'up', status: 'running' }],
    );
  } finally {
    await Promise.all([there.stop(), machine.kill()]);
  }
});

withQemu('QEMU ends: the connection ends once, with the reason', async () => {
  const machine = await BareQemu.start(folder, 'killed');
  const there = watch(machine.monitor);
  await until(() => there.seen.length > 0, 'QEMU answers');
  await machine.kill();
  await until(() => there.ends.length > 0, 'the connection ends');
  await there.stop();
  assert.equal(there.ends, ['QEMU closed the QMP connection']);
});

test.run();
