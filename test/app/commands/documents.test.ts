import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAll, scratch } from '../../recording/session.js';
import { migwatch } from '../../support/cli.js';
import { sharedProgram } from '../../support/shared-program.js';

const HELD = 'recordings/lan-held.jsonl';
const HOSTILE = '<script>document.title="owned"</script>&"\'=1+1';
const folder = scratch();

/** An example with another name for its target. */
function renamed(name: string): string {
  const [header = '', ...rows] = readFileSync(HELD, 'utf8').split('\n');
  const fields = JSON.parse(header);
  fields.targets[0].name = name;
  fields.host = name;
  const path = join(folder, 'renamed.jsonl');
  const text = [JSON.stringify(fields), ...rows].join('\n').replaceAll('"10.77.0.10"', '"=cmd"');
  writeFileSync(path, text);
  return path;
}

const test = suite('documents from recordings');
const shared = sharedProgram();

test('export: one JSON document that holds every sample and how the recording ended', async () => {
  const { code, stdout } = await migwatch(['export', HELD]);
  assert.is(code, 0);
  const document = JSON.parse(stdout);
  const { samples } = readAll(HELD);
  assert.is(document.samples.length, samples.length);
  assert.equal(document.ending, { kind: 'complete' });
  const [first] = document.samples;
  assert.is(Date.parse(first.at), Math.floor(samples[0]!.at));
  assert.is(first.rttMs, 2.11);
});

test('export: --from, --to and --target choose samples and events', async () => {
  const span = ['--from', '00:24:50', '--to', '2026-11-21T00:25:10'];
  const { stdout } = await shared(['export', HELD, ...span, '--target', '10.77.0.10']);
  const { samples, events } = JSON.parse(stdout);
  const within = readAll(HELD).samples.filter(
    ({ at }) => at >= Date.UTC(2026, 10, 21, 0, 24, 50) && at <= Date.UTC(2026, 10, 21, 0, 25, 10),
  );
  assert.is(samples.length, within.length);
  assert.equal(
    events.map(({ startedAt }: { startedAt: string }) => startedAt.slice(11, 19)),
    ['00:24:56', '00:25:06'],
  );
  const csv = await shared(['export', '--csv', HELD, ...span]);
  assert.is(csv.stdout.trimEnd().split('\r\n').length - 1, within.length);
  const wrong = await shared(['export', HELD, '--from', 'noon']);
  assert.equal([wrong.code, /--from must be a moment in UTC, such as 02:10/.test(wrong.stderr)], [2, true]);
});

test('export: --event chooses the samples around one event of its target, and says so', async () => {
  const json = await shared(['export', HELD, '--event', '3']);
  const { selection, samples } = JSON.parse(json.stdout);
  assert.equal([selection.event, selection.targets], ['e3', ['10.77.0.10']]);
  const [from, to] = [Date.parse(selection.from), Date.parse(selection.to)];
  // Event 3 is the gap from 00:24:56.671 to 00:24:57.019 of the analysis.
  assert.equal(
    [from, to].map(at => new Date(at).toISOString().slice(11, 19)),
    ['00:24:41', '00:25:12'],
  );
  const within = readAll(HELD).samples.filter(({ at }) => at >= from && at <= to);
  assert.ok(Math.abs(samples.length - within.length) <= 2, 'to the millisecond of these moments');
  assert.match(json.stderr, /event e3 of 10\.77\.0\.10: what was sent from 2026-11-21T00:24:41/);
  const rows = (await shared(['export', HELD, '--event', 'e3', '--events'])).stdout.trimEnd().split('\r\n');
  assert.equal(
    rows.slice(1).map(row => row.split(',')[0]),
    ['e3'],
  );
  const unknown = await shared(['export', HELD, '--event', '9']);
  assert.equal([unknown.code, /expected the number of one, from 1 to 6/.test(unknown.stderr)], [2, true]);
  assert.is((await shared(['export', HELD, '--event', '3', '--from', '00:24'])).code, 2);
});

test('export: a cut recording says so in the document and aloud', async () => {
  const path = join(folder, 'cut.jsonl');
  writeFileSync(path, readFileSync(HELD).subarray(0, 60_000));
  const { code, stdout, stderr } = await shared(['export', path]);
  assert.is(code, 0);
  assert.is(JSON.parse(stdout).ending.kind, 'incomplete');
  assert.match(stderr, /INCOMPLETE: line \d+ is cut short/);
});

test('export: CSV has a row a sample, and no text that a spreadsheet would run', async () => {
  const { stdout } = await shared(['export', '--csv', renamed('vm')]);
  const [head, ...rows] = stdout.trimEnd().split('\r\n');
  assert.is(head!.split(',')[2], 'target');
  assert.is(rows.length, readAll(HELD).samples.length);
  assert.ok(rows.every(row => row.split(',').length === head!.split(',').length));
  assert.is(rows[0]!.split(',')[2], "'=cmd");
});

test('report: needs nothing else, and no name becomes markup', async () => {
  const path = renamed(HOSTILE);
  for (const flags of [[], ['--svg']]) {
    const { code, stdout } = await shared(['report', path, ...flags]);
    assert.is(code, 0);
    assert.not.match(stdout, /<script|<link|<img|@import|url\(|src=|href="(?!#)/);
    assert.match(stdout, /&lt;script&gt;document\.title=&quot;owned&quot;/);
    assert.match(stdout, /blackout 1\.06 s/);
  }
});

test('a file that exists is not replaced without --force, and is for its owner alone', async () => {
  const file = join(folder, 'out.html');
  assert.is((await shared(['report', HELD, '-o', file])).code, 0);
  assert.is(statSync(file).mode & 0o777, 0o600);
  const { code, stderr } = await shared(['report', HELD, '-o', file]);
  assert.is(code, 2);
  assert.match(stderr, /out\.html exists: choose another name, or add --force/);
  assert.is((await shared(['report', HELD, '-o', file, '--force'])).code, 0);
});

test('import: a log from standard input gets a name of its own, twice two names', async () => {
  const log = '[1795225031.1] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n';
  const dir = join(folder, 'own');
  const names = [];
  for (let count = 0; count < 2; count++) {
    const { code, stdout, stderr } = await migwatch(['import', '-', '--dir', dir], log);
    assert.is(code, 0, stderr);
    names.push(stdout.trim());
  }
  assert.is(new Set(names).size, 2);
  assert.is(statSync(names[0]!).mode & 0o777, 0o600);
  assert.is(readAll(names[0]!).samples.length, 1);
});

test('recordings: noted, renamed, listed and removed', async () => {
  const dir = join(folder, 'catalogue');
  await migwatch(
    ['import', '-', '-o', join(dir, 'a.jsonl')],
    '[1.5] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n',
  );
  const recordings = (...words: string[]) => shared(['recordings', ...words, '--dir', dir]);
  assert.match((await recordings('note', 'a', 'odd', 'night')).stdout, /note 1 +odd night/);
  assert.is((await recordings('rename', 'a', 'b')).code, 0);
  assert.match((await recordings()).stdout, /^b .* 10\.0\.0\.7 .*odd night$/m);
  assert.match((await recordings('show', 'a')).stderr, /unknown recording "a"/);
  assert.is((await recordings('remove', 'b')).code, 0);
  assert.not.ok(existsSync(join(dir, 'b.jsonl')));
  assert.match((await recordings('lst')).stderr, /Did you mean "list"/);
});

test.run();
