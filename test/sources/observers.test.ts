/** What another migwatch sees, and notes that come while a session runs. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seenByOthers } from '../../src/core/observer.js';
import type { Sample } from '../../src/core/sample.js';
import type { TargetInfo } from '../../src/core/session-info.js';
import { parseObservers } from '../../src/plan/observers.js';
import { ObserverLines } from '../../src/sources/observer-lines.js';
import { CLI, Headless } from '../support/headless.js';

const test = suite('observers and notes');
const folder = mkdtempSync(join(tmpdir(), 'migwatch-observers-'));
test.after(() => rmSync(folder, { recursive: true }));

const NOW = Date.UTC(2026, 10, 20, 10, 0, 10);
const iso = (ms: number) => new Date(ms).toISOString();
const DB = { target: '10.0.0.2', name: 'db', address: '10.0.0.2', backend: 'icmp-raw', witnesses: ['echo'] };
const START = JSON.stringify({ type: 'start', targets: [{ ...DB, simulated: false }] });
const sample = (more: object = {}, at = NOW - 20) =>
  JSON.stringify({
    ...{ type: 'sample', target: DB.target, probe: 'icmp', seq: 0, at: iso(at), knownAt: iso(at + 5) },
    ...{ kind: 'reply', rttMs: 5, ...more },
  });

/** Reads lines as of an observer called rack2. */
function reading(...lines: string[]) {
  const heard = {
    ...{ targets: [] as TargetInfo[], gone: [] as string[] },
    ...{ samples: [] as Sample[], refused: [] as string[], guest: [] as string[] },
  };
  const reader = new ObserverLines('rack2', {
    now: () => NOW,
    target: info => void heard.targets.push(info),
    gone: target => void heard.gone.push(target),
    sample: each => void heard.samples.push(each),
    guest: summary => void heard.guest.push(summary),
    refused: why => void heard.refused.push(why),
  });
  for (const line of lines) reader.read(line);
  return { ...heard, reader };
}

test('what migwatch guest finds inside a VM is passed on in its words, cut to a line', () => {
  const guest = (summary: unknown) => JSON.stringify({ type: 'guest', at: iso(NOW), source: 'gcp', summary });
  const { guest: said, refused } = reading(
    guest('announced and seen: Freeze'),
    guest('x'.repeat(900)),
    guest(7),
  );
  assert.equal(refused, []);
  assert.equal(said, ['announced and seen: Freeze', 'x'.repeat(200)]);
});

test('its targets and samples are its own here, by its name', () => {
  const { targets, samples, refused } = reading(
    START,
    sample(),
    sample({ seq: 1, kind: 'late', rttMs: 1200 }),
  );
  assert.equal(refused, []);
  assert.equal([targets[0]!.target, targets[0]!.name], ['10.0.0.2@rack2', 'db@rack2']);
  assert.equal(samples[0], {
    ...{ at: NOW - 20, knownAt: NOW - 15, target: '10.0.0.2@rack2', probe: 'icmp', seq: 0 },
    outcome: { kind: 'reply', rttMs: 5 },
  });
  assert.equal(samples[1]!.outcome, { kind: 'reply', rttMs: 1200, late: true });
});

test('targets that come and go there come and go here', () => {
  const line = (action: string, more: object = {}) =>
    JSON.stringify({ type: 'target', at: iso(NOW), action, ...DB, target: 'web', ...more });
  const lines = [line('added'), sample({ target: 'web' }), line('removed'), sample({ target: 'web' })];
  const { targets, gone, samples, refused } = reading(START, ...lines, line('removed', { target: 7 }));
  assert.equal(
    targets.map(({ target }) => target),
    ['10.0.0.2@rack2', 'web@rack2'],
  );
  assert.equal(gone, ['web@rack2']);
  assert.is(samples.length, 1);
  assert.match(refused.join(), /undeclared target/);
});

test('a clock that is an hour slow is corrected to our time', () => {
  const hour = 3_600_000;
  const { samples } = reading(START, sample({}, NOW - hour), sample({ seq: 1 }, NOW - hour + 50));
  assert.is(samples[0]!.knownAt, NOW);
  assert.is(samples[1]!.knownAt - samples[0]!.knownAt, 50);
});

test('one that was started again continues its count', () => {
  const { reader, samples } = reading(START, sample(), sample({ seq: 7 }));
  reader.restarted();
  reader.read(START);
  reader.read(sample());
  assert.equal(
    samples.map(({ seq }) => seq),
    [0, 7, 8],
  );
});

const REFUSED: readonly [line: string, why: RegExp][] = [
  ['garbage \x1b[2J', /not JSON/],
  ['[1,2]', /not an object/],
  ['{}', /without a type/],
  [sample({ target: '10.0.0.9' }), /undeclared target/],
  [sample({ kind: 'constructor' }), /unknown kind/],
  [sample({ rttMs: -1 }), /"rttMs"/],
  [sample({ seq: 1.5 }), /"seq"/],
  [sample({ at: 'yesterday' }), /ISO 8601/],
  [sample({ kind: 'lost', reason: 'boredom' }), /"reason"/],
  [JSON.stringify({ type: 'start', targets: [{ target: 5 }] }), /fields that migwatch does not write/],
];

test('a line that migwatch never writes is refused, and the next line is read', () => {
  for (const [line, why] of REFUSED) {
    const { refused, samples } = reading(START, line, sample());
    assert.is(refused.length, 1, line);
    assert.match(refused[0]!, why);
    assert.is(samples.length, 1, line);
  }
});

test('a target is found as another observer sees it, ours first', () => {
  const ids = ['vm', 'db', 'vm@a', 'vm@b'];
  assert.is(seenByOthers('vm', ids), 'vm@a');
  assert.is(seenByOthers('vm@b', ids), 'vm');
  assert.is(seenByOthers('db', ids), undefined);
});

test('an observer is a name and a command', () => {
  assert.equal(parseObservers(['rack2=ssh rack2 migwatch watch --headless --samples a=b']), [
    { name: 'rack2', command: 'ssh rack2 migwatch watch --headless --samples a=b' },
  ]);
  for (const text of ['rack2', '=true', 'rack2=', 'a b=true'])
    assert.throws(() => parseObservers([text]), /is not an observer: write NAME=COMMAND/);
  assert.throws(() => parseObservers(['a=x', 'a=y']), /two observers have the name a/);
});

test('a second migwatch is an observer, and the lines of a pipe are notes and recorded', async () => {
  const pipe = join(folder, 'told');
  const recording = join(folder, 'both.jsonl');
  execFileSync('mkfifo', [pipe]);
  const there = `'${process.execPath}' '${CLI}' watch --headless --samples -i 100ms sim:a`;
  const here = Headless.start([
    ...['sim:a', '-i', '100ms', '--samples', '--notes', pipe, '--observer', `rack2=${there}`],
    `--record=${recording}`,
  ]);
  await here.until(({ type, target }) => type === 'sample' && target === 'sim:a@rack2');
  await here.until(({ type, target }) => type === 'sample' && target === 'sim:a');
  createWriteStream(pipe).end('drain node 7\n\nall \x1b[2J well\n');
  await here.until(({ type, text }) => type === 'note' && text.startsWith('all'));
  here.child.kill('SIGINT');
  await here.exit();
  assert.equal(
    here.of('note').map(({ text }) => text),
    ['drain node 7', 'all \x1b[2J well'],
  );
  const kept = readFileSync(recording, 'utf8');
  assert.match(kept, /"drain node 7"[\s\S]*"all \\u001b\[2J well"/);
  assert.match(kept, /"target":"sim:a@rack2"/);
});

test('a command that is not an observer is reported once, with what it must run, and started again', async () => {
  const script = join(folder, 'shout.sh');
  writeFileSync(script, 'echo hello; echo hello; echo oh no >&2; exit 3\n');
  const here = Headless.start(['sim:a', '-i', '100ms', '--observer', `o=sh '${script}'`, '-d', '2s']);
  await here.exit();
  assert.is(here.errors.match(/must run migwatch watch --headless --samples/g)?.length, 1, here.errors);
  assert.match(here.errors, /the observer o ended \(exit code 3: oh no\); starting it again in 1 s/);
});

test.run();
