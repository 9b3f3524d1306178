import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libvirtJob } from '../../../src/core/hypervisor/libvirt-job.js';
import type { Outcome } from '../../../src/core/outcomes.js';
import { isSample } from '../../../src/recording/reader.js';
import { mtr } from '../../../src/sources/import/mtr.js';
import { mtrRaw } from '../../../src/sources/import/mtr-raw.js';
import { qmpLog } from '../../../src/sources/import/qmp-log.js';
import { Skipped } from '../../../src/sources/import/skipped.js';
import { virsh } from '../../../src/sources/import/virsh.js';
import { scratch } from '../../recording/session.js';

const folder = scratch();
const test = suite('words of logs that are not the expected ones');

function read(format: typeof mtr, lines: readonly string[]) {
  const path = join(folder, 'log');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const skipped = new Skipped();
  const timetable = { startMs: 1_795_299_445_000, intervalMs: 1000 };
  const reader = format.open({ target: 'web', timeoutMs: 1000, skipped, timetable }, path);
  const entries = [...lines.flatMap((line, index) => [...reader.read(line, index + 1)]), ...reader.end()];
  const outcomes: Outcome[] = entries.filter(isSample).map(({ outcome }) => outcome);
  return { outcomes, skipped: skipped.summaries() };
}

const stamp = '2026-11-21 22:57:20.901+0000';

test('an event of virsh that is named like a property of all objects changes no state', () => {
  const log = ['constructor Booted', '__proto__', 'Suspended Migrated'];
  const { outcomes } = read(
    virsh,
    log.map(detail => `${stamp}: event 'lifecycle' for domain 'web': ${detail}`),
  );
  assert.equal(
    outcomes.map(outcome => (outcome as { status: unknown }).status),
    ['', '', 'paused'],
  );
});

test('an event of QMP that is named like a property of all objects is not reported', () => {
  const lines = ['constructor', '__proto__', 'STOP'].map(event =>
    JSON.stringify({ timestamp: { seconds: 1795299308, microseconds: 1 }, event }),
  );
  assert.equal(read(qmpLog, lines).outcomes, [
    { kind: 'domain', host: 'qmp log', link: 'up', status: 'paused', event: 'STOP' },
  ]);
});

test('a job of libvirt with such a type or operation has none', () => {
  assert.is(libvirtJob(['Job type: constructor']), undefined);
  assert.equal(libvirtJob(['operation: constructor', 'success: 1']), { figures: { status: 'completed' } });
});

test('the result of a failed migration is kept when the next attempt begins at once', () => {
  const { outcomes } = read(virsh, [
    `${stamp}: event 'job-completed' for domain 'web':`,
    ...['\toperation: 5', '\ttime_elapsed: 900', '\tsuccess: 0'],
    `${stamp}: event 'migration-iteration' for domain 'web': iteration: '1'`,
  ]);
  assert.equal(
    outcomes.map(outcome => (outcome as { status: unknown }).status),
    ['failed', 'active'],
  );
});

const ROW = 'MTR.0.95,1795299445,OK,10.0.0.7,1,10.0.0.7';

test('a row of mtr without figures is not a loss', () => {
  const { outcomes, skipped } = read(mtr, [`${ROW},0.00,5`, `${ROW.replace('445', '446')},?,5,0,1,1,1,1,0`]);
  assert.equal(outcomes, []);
  assert.match(skipped.join(), /2 lines skipped: not understood/);
});

test('mtr --csv -o: the columns are those of its heading', () => {
  const heading = 'Mtr_Version,Start_Time,Status,Host,Hop,Ip,Avg,Loss%,Snt,Best,Wrst,StDev,Last, ,';
  const { outcomes } = read(mtr, [heading, `${ROW},7.25,0.00,5,6.00,9.00,1.00,8.00,0,`]);
  assert.equal(outcomes, [{ kind: 'reply', rttMs: 7.25 }]);
});

test('a report of mtr whose figures are objects is not understood', () => {
  const hub = { 'Loss%': { toString: 1, valueOf: 1 }, Avg: 1 };
  const { outcomes, skipped } = read(mtr, [
    JSON.stringify({ report: { mtr: { dst: '10.0.0.7' }, hubs: [hub] } }),
  ]);
  assert.equal(outcomes, []);
  assert.match(skipped.join(), /not understood/);
});

test('an answer to a probe that mtr --raw did not send is left out', () => {
  const { outcomes } = read(mtrRaw, ['x 0 33001', 'h 0 10.0.0.7', 'p 0 40 33001', 'p 0 50 44000']);
  assert.equal(outcomes, [{ kind: 'reply', rttMs: 0.04 }]);
});

test.run();
