import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { proposeClockOffset, proposeOffset } from '../../../src/evaluation/time-offset.js';
import { NoteLines } from '../../../src/sources/import/note-lines.js';
import { readNoteLog } from '../../../src/sources/import/note-log.js';
import { readAll, scratch } from '../../recording/session.js';
import { sharedProgram } from '../../support/shared-program.js';

const folder = scratch();
const shared = sharedProgram();
const test = suite('logs as notes');

function read(lines: readonly string[]) {
  const reader = new NoteLines();
  const notes = [...lines.flatMap(line => reader.read(line)), ...reader.end()];
  return {
    notes: notes.map(({ at, text }) => `${new Date(at).toISOString()} ${text}`),
    undated: reader.undated,
  };
}

const LOGS: Record<string, [lines: string[], notes: string[]]> = {
  'a task log of Proxmox': [
    ["2026-11-21 00:24:37 starting migration of VM 100 to node 'pve2' (10.0.0.2)"],
    ["2026-11-21T00:24:37.000Z starting migration of VM 100 to node 'pve2' (10.0.0.2)"],
  ],
  libvirt: [
    [
      '2026-11-21 01:24:37.125+0100: 1234: info : qemuMigrationSrcRun:4321 : vm web',
      '2026-11-21 00:24:38.500+0000: initiating migration',
    ],
    [
      '2026-11-21T00:24:37.125Z 1234: info : qemuMigrationSrcRun:4321 : vm web',
      '2026-11-21T00:24:38.500Z initiating migration',
    ],
  ],
  QEMU: [
    ['2026-11-21T00:24:37.125000Z qemu-system-x86_64: terminating on signal 15'],
    ['2026-11-21T00:24:37.125Z qemu-system-x86_64: terminating on signal 15'],
  ],
  'a syslog with ISO times': [
    ['2026-11-21T01:24:37.125456+01:00 host libvirtd[812]: migration of web completed'],
    ['2026-11-21T00:24:37.125Z host libvirtd[812]: migration of web completed'],
  ],
  'journalctl -o export': [
    [
      '__CURSOR=s=1',
      '__REALTIME_TIMESTAMP=1795220677125456',
      'SYSLOG_IDENTIFIER=libvirtd',
      'MESSAGE=migration of web completed',
      '',
      '__CURSOR=s=2',
      '__REALTIME_TIMESTAMP=1795220678000000',
      'MESSAGE=second',
    ],
    ['2026-11-21T00:24:37.125Z libvirtd: migration of web completed', '2026-11-21T00:24:38.000Z second'],
  ],
  'journalctl -o json': [
    [
      '{"__REALTIME_TIMESTAMP":"1795220677125456","MESSAGE":"completed","SYSLOG_IDENTIFIER":"libvirtd"}',
      '{"__REALTIME_TIMESTAMP":"1795220678000000","MESSAGE":[104,105]}',
    ],
    ['2026-11-21T00:24:37.125Z libvirtd: completed', '2026-11-21T00:24:38.000Z hi'],
  ],
};

for (const [name, [lines, notes]] of Object.entries(LOGS))
  test(name, () => assert.equal(read(lines), { notes, undated: 0 }));

test('lines without a moment are counted, and a file without any is refused with an example', () => {
  assert.is(read(['1795220677.5 begin', 'Nov 21 00:24:37 host x: no year', '  indented']).undated, 2);
  const path = join(folder, 'prose.log');
  writeFileSync(path, 'nothing\n');
  assert.throws(
    () => readNoteLog(path, 0),
    /prose\.log: no line begins with a moment\. Accepted: journalctl/,
  );
});

test('an offset is proposed only if it fits more events than none, and most of them', () => {
  const events = [10, 70, 200, 450].map(second => second * 1000);
  const marks = events.map(at => at - 3_600_000 + 900);
  assert.equal(proposeOffset(marks, events), { offsetMs: 3_600_000, matched: 4, of: 4 });
  assert.equal(
    proposeOffset(
      events.map(at => at + 12_340),
      events,
    ),
    { offsetMs: -12_300, matched: 4, of: 4 },
  );
  assert.is(proposeOffset(events, events), undefined);
  assert.is(proposeOffset([0], events), undefined);
  assert.is(proposeOffset([], []), undefined);
});

test('two recordings are compared target by target, and equal distances fit more than one offset', () => {
  const times = [0, 61_000, 200_000, 450_000];
  const at = (moved: number, target = 'vm') => times.map(time => ({ at: time + moved, target }));
  const later = at(-3210).map((moment, index) => ({ ...moment, at: moment.at + 10 * index }));
  assert.equal(proposeClockOffset(later, at(0), 50), {
    offsetMs: 3200,
    errorMs: 20,
    matched: 4,
    of: 4,
    now: 0,
  });
  assert.is(proposeClockOffset(at(60), at(0), 50), undefined, 'they coincide already');
  assert.is(proposeClockOffset(at(-3210, 'db'), at(0), 50), undefined, 'another target');
  const regular = (moved: number) => [0, 1, 2, 3].map(minute => ({ at: 60_000 * minute + moved }));
  assert.is(proposeClockOffset(regular(7000).slice(0, 2), regular(0), 50), undefined, 'ambiguous');
});

test('analyze proposes the offset of a log whose clock was wrong; import applies it', async () => {
  // 800 ms are missing at each of three moments.
  const isLost = (second: number) => [100, 141, 200].some(at => second >= at && second < at + 0.8);
  const log = Array.from({ length: 4800 }, (_, index) => index)
    .filter(index => !isLost(index / 20))
    .map(
      index =>
        `[${(1795220670 + index / 20).toFixed(6)}] 64 bytes from 10.0.0.7: icmp_seq=${index + 1} ttl=64 time=0.${300 + ((index * 37) % 100)} ms`,
    )
    .join('\n');
  const [right, wrong, mended] = ['right', 'wrong', 'mended'].map(name => join(folder, `${name}.jsonl`));
  const path = join(folder, 'host.log');
  writeFileSync(path, log);
  await shared(['import', path, '-o', right!]);
  await shared(['import', path, '--time-offset', '-3210ms', '-o', wrong!]);
  const proposed = await shared(['analyze', right!, wrong!]);
  assert.match(
    proposed.stderr,
    /wrong\.jsonl: 3 of 3 events are also in \S+right\.jsonl, within \d ms, if its times are moved by \+3210ms; 0 are without\. Nothing was moved/,
  );
  await shared(['import', path, '--time-offset', '0', '-o', mended!]);
  const same = await shared(['analyze', right!, mended!]);
  assert.not.match(same.stderr, /moved/);
});

/** The pauses of the shipped recording, by its truth, an hour ahead. */
function hypervisorLog(): string {
  const { truth } = JSON.parse(readFileSync('recordings/lan-held.truth.json', 'utf8')) as {
    truth: { stop: number }[];
  };
  const lines = truth.map(
    ({ stop }) => `${new Date(1000 * stop + 3_600_000).toISOString()} qemu: migration: guest stopped`,
  );
  const path = join(folder, 'qemu.log');
  writeFileSync(path, lines.join('\n'));
  return path;
}

test('analyze proposes the hour that the log is ahead, and shows the notes where it is given', async () => {
  const path = hypervisorLog();
  const first = await shared(['analyze', 'recordings/lan-held.jsonl', '--notes', path]);
  assert.match(first.stderr, /6 of 6 events if their times are moved by -1h: --time-offset -1h/);
  const second = await shared([
    ...['analyze', 'recordings/lan-held.jsonl', '--notes', path],
    ...['--time-offset', '-1h', '--json'],
  ]);
  const { notes } = JSON.parse(second.stdout).recordings[0];
  assert.is(notes.length, 6);
  assert.match(notes[0].at, /^2026-11-21T00:24:38/);
  assert.not.match(second.stderr, /are moved by/);
});

test('a headless replay has a line for each note, in the order of time', async () => {
  const { stdout } = await shared([
    ...['replay', 'recordings/lan-held.jsonl', '--headless', '--samples'],
    ...['--notes', hypervisorLog(), '--time-offset', '-1h'],
  ]);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  const notes = lines.filter(({ type }) => type === 'note');
  assert.is(notes.length, 6);
  assert.match(notes[0].text, /guest stopped/);
  const first = lines.indexOf(notes[0]);
  const before = lines.slice(0, first).filter(({ type }) => type === 'sample');
  assert.ok(before.every(({ knownAt }) => knownAt <= notes[0].at) && before.length > 100);
});

test('report and import take the notes; a recording holds them among its samples', async () => {
  const path = hypervisorLog();
  const page = join(folder, 'page.html');
  const offset = ['--time-offset', '-1h', '--notes', path];
  await shared(['report', 'recordings/lan-held.jsonl', ...offset, '-o', page]);
  assert.is(readFileSync(page, 'utf8').split('migration: guest stopped').length - 1, 6);
  const log = join(folder, 'vm.ping.log');
  const lines = Array.from(
    { length: 100 },
    (_, index) =>
      `[${(1795220670 + index).toFixed(6)}] 64 bytes from 10.0.0.7: icmp_seq=${index + 1} ttl=64 time=1 ms`,
  );
  writeFileSync(log, lines.join('\n'));
  const recording = join(folder, 'vm.jsonl');
  await shared(['import', log, ...offset, '-o', recording]);
  const { entries } = readAll(recording);
  const notes = entries.flatMap(entry => ('type' in entry && entry.type === 'note' ? [entry.data] : []));
  assert.is(notes.length, 6);
  const wrong = await shared(['analyze', recording, '--time-offset', '1h']);
  assert.match(wrong.stderr, /--time-offset moves the times of --notes FILE/);
});

test.run();
