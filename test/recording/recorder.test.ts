import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ownName, recordingsFolder } from '../../src/recording/folder.js';
import { Recorder } from '../../src/recording/recorder.js';
import { collectGarbage } from '../support/garbage.js';
import { needing } from '../support/needs.js';
import { MINUTE, START, scenario } from '../support/scenario.js';
import { until } from '../support/until.js';
import { FakeSession, HEADER, readAll, scratch } from './session.js';

const folder = scratch();
const WRITER = fileURLToPath(new URL('./writer.js', import.meta.url));
const TRACK = `${'.'.repeat(100)}xxxxxxx${'.'.repeat(100)}`;
const samples = scenario(TRACK, { target: 'a', leadIn: MINUTE });
const sleep = (ms: number) => new Promise(done => setTimeout(done, ms));

const test = suite('recorder');

test('a session is on disk whole, private, with events and lights as they were shown', () => {
  const path = join(folder, 'new', 'whole.jsonl');
  const session = new FakeSession();
  const recorder = Recorder.open(path, {}, session.ports);
  const steps = session.run(samples, recorder);
  recorder.add({ type: 'note', data: { at: session.time, text: 'moved by hand', target: 'a' } });
  recorder.close();
  const { samples: read, entries, ending, header } = readAll(path);
  assert.equal(header, HEADER);
  assert.equal(read, samples);
  assert.equal(ending, { kind: 'complete' });
  const data = (type: string) =>
    entries.flatMap(entry => ('type' in entry && entry.type === type ? [entry.data] : []));
  assert.equal(
    data('event'),
    steps.flatMap(step => step.events),
  );
  assert.equal(
    data('light'),
    steps.flatMap(step => step.lights),
  );
  assert.equal(data('note'), [{ at: session.time, text: 'moved by hand', target: 'a' }]);
  assert.equal(data('end'), [{ at: session.time, samples: samples.length }]);
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.is(recorder.samples, samples.length);
  assert.is(recorder.size, statSync(path).size);
  assert.equal(session.said, []);
});

test('no file is overwritten without --force, nor one that another session writes', () => {
  const path = join(folder, 'taken.jsonl');
  writeFileSync(path, 'precious');
  const session = new FakeSession();
  assert.throws(() => Recorder.open(path, {}, session.ports), /exists: choose another name, or add --force/);
  assert.is(readFileSync(path, 'utf8'), 'precious');
  const forced = Recorder.open(path, { force: true }, session.ports);
  assert.throws(() => Recorder.open(path, { force: true }, new FakeSession().ports), /another session/);
  const numbered = Recorder.open(path, { number: true }, new FakeSession().ports);
  assert.is(numbered.path, join(folder, 'taken-2.jsonl'));
  session.run(samples.slice(0, 5), forced);
  forced.close();
  numbered.close();
  assert.is(readAll(path).samples.length, 5);
  assert.not(existsSync(join(folder, '.taken.jsonl.lock')));
});

test('a file that is deleted, replaced or cut is created again, and nothing is lost', () => {
  const spoilers: Record<string, (path: string) => void> = {
    deleted: path => rmSync(path),
    replaced: path => {
      renameSync(path, `${path}.old`);
      writeFileSync(path, 'rotated');
    },
    cut: path => truncateSync(path, 100),
  };
  for (const [name, spoil] of Object.entries(spoilers)) {
    const path = join(folder, `${name}.jsonl`);
    const session = new FakeSession();
    const recorder = Recorder.open(path, {}, session.ports);
    session.run(samples.slice(0, 1000), recorder);
    recorder.flush();
    session.run(samples.slice(1000, 1100), recorder);
    spoil(path);
    session.run(samples.slice(1100), recorder);
    recorder.close();
    assert.is(recorder.path, name === 'deleted' ? path : join(folder, `${name}-2.jsonl`));
    const { samples: read, ending, header } = readAll(recorder.path);
    assert.equal(read, samples.slice(1000), name);
    assert.equal(header, HEADER);
    assert.is(ending.kind, 'complete');
    assert.is(session.said.length, 1);
    assert.match(session.said[0]!, /deleted, replaced or cut/);
  }
  assert.is(readFileSync(join(folder, 'replaced.jsonl'), 'utf8'), 'rotated');
});

test('a stopped prober and a sleeping machine leave gaps that are marked', async () => {
  const path = join(folder, 'gaps.jsonl');
  const session = new FakeSession();
  const recorder = Recorder.open(path, {}, session.ports);
  const later = scenario('...', { target: 'a', leadIn: 0, startMs: START + 60_000 });
  session.run([...scenario('...', { target: 'a', leadIn: 0 }), ...later], recorder);
  session.wallAhead = 3_600_000;
  await sleep(400);
  recorder.close();
  const gaps = readAll(path).entries.flatMap(entry =>
    'type' in entry && entry.type === 'gap' ? [entry.data] : [],
  );
  assert.is(gaps.length, 2);
  assert.is(gaps[0]!.until, later[0]!.knownAt);
  assert.ok(gaps[0]!.at - START < 200);
  assert.match(gaps[1]!.reason, /ran ahead by 3600.0 s/);
});

test('memory stays flat, however long it runs', () => {
  const session = new FakeSession();
  const recorder = Recorder.open(join(folder, 'long.jsonl'), {}, session.ports);
  const minute = samples.slice(0, 1200);
  const used: number[] = [];
  for (let round = 0; round < 120; round++) {
    for (const { at, knownAt, seq, ...rest } of minute) {
      const ahead = round * 60_000;
      const sample = { ...rest, at: at + ahead, knownAt: knownAt + ahead, seq: seq + ahead / 50 };
      session.time = sample.knownAt;
      recorder.take({ sample, verdicts: [], lights: [], events: [] });
    }
    if (round % 40 === 39) {
      collectGarbage();
      used.push(process.memoryUsage().heapUsed);
    }
  }
  recorder.close();
  assert.is(recorder.samples, 144_000);
  // Ten bytes for each of the samples in between.
  assert.ok(used[2]! - used[0]! < 1 << 20, `heap of ${used.map(bytes => bytes >> 10)} kB`);
});

test('a killed recorder loses the last second at most, and no line is torn', async () => {
  const kill = async (after: number) => {
    const path = join(folder, `killed-${after}.jsonl`);
    const child = spawn(process.execPath, [WRITER, path, 'forever'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = 0;
    child.stdout.on('data', text => {
      told = Number(String(text).trim().split('\n').at(-1));
    });
    await once(child.stdout, 'data');
    await sleep(after);
    const aSecondBefore = told;
    // By its own count of its timer: a busy machine may let it wait.
    await until(() => told >= aSecondBefore + 500, 'another second of samples');
    child.kill('SIGKILL');
    await once(child, 'close');
    const { samples: read, ending } = readAll(path);
    assert.is(ending.kind, 'incomplete');
    assert.ok(read.length >= aSecondBefore, `${read.length} of ${aSecondBefore} known a second before`);
    assert.equal(
      read.map(({ seq }) => seq),
      read.map((_, index) => index),
    );
  };
  await Promise.all([100, 210, 390].map(kill));
});

test('SIGTERM and SIGHUP lose nothing', async () => {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    const path = join(folder, `${signal}.jsonl`);
    const child = spawn(process.execPath, [WRITER, path, 'forever'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', text => {
      out += text;
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    await once(child, 'close');
    const { samples: read, ending } = readAll(path);
    assert.equal(ending, { kind: 'complete' });
    assert.is(read.length, Number(out.trim().split('\n').at(-1)));
  }
});

needing(test, { root: true, commands: ['unshare'] })(
  'a full disk is outlived, and what was dropped is marked',
  () => {
    // The mount is the namespace's own and ends with it.
    const output = execFileSync(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        `mount -t tmpfs -o size=1m none /mnt && exec "${process.execPath}" "${WRITER}" /mnt/full.jsonl full`,
      ],
      { encoding: 'utf8' },
    );
    const { said, kept, torn, onFullDisk, resumed, gap, notices } = JSON.parse(output);
    assert.equal(notices, []);
    assert.match(said[0], /ENOSPC.*watching continues/);
    assert.match(said.at(-2), /recording continues/);
    assert.match(said.at(-1), new RegExp(`^${gap.dropped} rows could not be written`));
    assert.is(torn, 0);
    assert.ok(onFullDisk > 10_000);
    assert.ok(kept > 20_000, 'what waited was written once there was room');
    assert.ok(resumed > 4000, 'the writer compared these with the live steps');
    assert.ok(gap.dropped > 0);
  },
);

test('names of its own are safe, and the folder is where it should be', () => {
  assert.is(ownName(Date.UTC(2026, 10, 21, 10), 'vm'), '2026-11-21T10-00-00Z-vm.jsonl');
  assert.is(ownName(START, '../../etc/\u001b[31mpasswd'), '2026-11-21T10-00-00Z-etc-31mpasswd.jsonl');
  assert.is(ownName(START, '::1'), '2026-11-21T10-00-00Z-1.jsonl');
  assert.is(ownName(START, '\u00e9'), '2026-11-21T10-00-00Z-target.jsonl');
  const checkout = fileURLToPath(new URL('../../../', import.meta.url));
  const env = { XDG_STATE_HOME: '/state' };
  assert.is(recordingsFolder('mine', { cwd: checkout, env }), 'mine');
  assert.is(recordingsFolder(undefined, { cwd: checkout, env }), join(checkout, 'recordings'));
  assert.is(recordingsFolder(undefined, { cwd: '/', env }), '/state/migwatch/recordings');
});

test.run();
