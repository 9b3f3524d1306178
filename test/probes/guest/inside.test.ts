import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClockComparison } from '../../../probes/guest/clocks.js';
import { steal, ticksOf } from '../../../probes/guest/steal.js';
import { readVmClock, vmclock } from '../../../probes/guest/vmclock.js';
import type { Finding } from '../../../src/core/guest/finding.js';

const test = suite('inside a guest');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A page of `struct vmclock_abi`, version 1, as QEMU 10 writes it: the offsets are those of the C compiler. */
function page(given: { disruption?: bigint; generation?: bigint; flags?: bigint; sequence?: number } = {}) {
  const view = new DataView(new ArrayBuffer(4096));
  view.setUint32(0, 0x4b4c4356, true);
  view.setUint32(4, 4096, true);
  view.setUint16(8, 1, true);
  view.setUint8(10, 1);
  view.setUint32(12, given.sequence ?? 2, true);
  view.setBigUint64(16, given.disruption ?? 1n, true);
  view.setBigUint64(24, given.flags ?? 1n << 8n, true);
  view.setBigUint64(104, given.generation ?? 7n, true);
  return view;
}

function lookedAt(source: typeof vmclock, path: string) {
  const found: Finding[] = [];
  const { look } = source.create(path);
  return () => {
    found.length = 0;
    void look(finding => found.push(finding), new AbortController().signal);
    return [...found];
  };
}

test('vmclock: a live migration changes the disruption marker, a snapshot the generation as well', () => {
  const path = join(folder, 'vmclock');
  const write = (given: Parameters<typeof page>[0]) =>
    writeFileSync(path, new Uint8Array(page(given).buffer));
  write({});
  const look = lookedAt(vmclock, path);
  assert.equal(look(), []);
  write({ sequence: 4 });
  assert.equal(look(), [], 'the clock was calibrated: no disruption');
  write({ disruption: 2n });
  assert.equal(look(), [{ finding: 'disrupted' }]);
  write({ disruption: 3n, generation: 8n });
  assert.equal(look(), [{ finding: 'restored' }, { finding: 'disrupted' }]);
  const hasGeneration = 1n << 8n;
  write({ disruption: 3n, generation: 8n, flags: hasGeneration | (1n << 2n) });
  assert.equal(look(), [{ finding: 'announced', id: 'vmclock', what: 'a disruption within the hour' }]);
  write({ disruption: 4n, generation: 8n });
  assert.equal(
    look().map(({ finding }) => finding),
    ['disrupted', 'over'],
  );
});

test('vmclock: a page that is being written is read again; without the flag, the generation does not count', () => {
  assert.is(readVmClock(page({ sequence: 3 })), undefined);
  assert.is(readVmClock(page({ flags: 0n }))!.generation, undefined);
  const writing = join(folder, 'writing');
  writeFileSync(writing, new Uint8Array(page({ sequence: 3 }).buffer));
  assert.throws(() => vmclock.check(writing), /does not finish writing/);
});

test('vmclock: what is not such a page is refused with words', () => {
  const path = join(folder, 'other');
  writeFileSync(path, 'x'.repeat(4096));
  assert.throws(() => vmclock.check(path), /not a VMClock page/);
  writeFileSync(path, '');
  assert.throws(() => vmclock.check(path), /not a VMClock page/);
  assert.throws(() => vmclock.check(join(folder, 'none')), /ENOENT/);
  const later = page();
  later.setUint16(8, 2, true);
  assert.throws(() => readVmClock(later), /version 2 is not supported/);
});

/** Looks every 100 ms for 3 s; `change` says what is added to which clock from 1 s on. */
function compared(change: { wallMs?: number; bootMs?: number; gapMs?: number; slew?: number }): Finding[] {
  const comparison = new ClockComparison();
  const found: Finding[] = [];
  let gone = 0;
  for (let look = 0; look < 30; look++) {
    const changed = look >= 10 ? 1 : 0;
    if (look === 10) gone = change.gapMs ?? 0;
    const monotonicMs = 5000 + look * 100 + gone;
    found.push(
      ...comparison.take({
        monotonicMs,
        wallMs: Math.floor(1e12 + monotonicMs * (1 + (change.slew ?? 0)) + changed * (change.wallMs ?? 0)),
        bootMs: Math.floor((monotonicMs + changed * (change.bootMs ?? 0)) / 10) * 10,
      }),
    );
  }
  return found;
}

test('clocks: a set clock, a suspend and a gap are told apart, and a slew is none of them', () => {
  assert.equal(compared({}), []);
  assert.equal(compared({ slew: 5e-4 }), []);
  const [set, ...others] = compared({ wallMs: 280 });
  assert.equal(others, []);
  assert.ok(set?.finding === 'clock-set' && Math.abs(set.stepMs - 280) <= 1.5);
  assert.equal(
    compared({ bootMs: 4000 }).map(({ finding }) => finding),
    ['suspended'],
  );
  assert.equal(compared({ gapMs: 300 }), [{ finding: 'gap', gapMs: 300 }]);
});

test('steal: reported when other VMs take a tenth of the time, and when they do no more', () => {
  const path = join(folder, 'stat');
  const write = (user: number, stolen: number) =>
    writeFileSync(path, `cpu  ${user} 0 0 0 0 0 0 ${stolen} 900 0\ncpu0 1 2 3\n`);
  write(100, 0);
  const look = lookedAt(steal, path);
  assert.equal(look(), []);
  write(195, 5);
  assert.equal(look(), [], '5 %');
  write(270, 30);
  assert.equal(look(), [{ finding: 'steal', percent: 25 }]);
  write(340, 60);
  assert.equal(look(), [], 'once');
  write(440, 60);
  assert.equal(look(), [{ finding: 'steal', percent: 0 }]);
  assert.throws(() => ticksOf('cpu 1 2 3'), /no figure of steal time/);
});

test.run();
