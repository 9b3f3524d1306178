import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTruthFile } from '../../src/evaluation/truth-file.js';
import { exportParquet } from '../../src/output/export-parquet.js';
import { RecordingReader } from '../../src/recording/reader.js';
import { Recorder } from '../../src/recording/recorder.js';
import { FakeSession, scratch } from '../recording/session.js';
import { needing } from '../support/needs.js';
import { START } from '../support/scenario.js';
import { sharedProgram } from '../support/shared-program.js';

const HELD = 'recordings/lan-held.jsonl';
const folder = scratch();
const test = suite('exports for other programs');
const shared = sharedProgram();

/** Reads the exports as other programs do: with Python's csv and json, and SQL in SQLite. */
const PYTHON = `
import csv, json, sqlite3, sys
folder = sys.argv[1]
rows = {name: list(csv.DictReader(open(f'{folder}/{name}.csv', newline='', encoding='utf8'))) for name in ('samples', 'probes', 'events')}
db = sqlite3.connect(':memory:')
for name, table in rows.items():
    columns = list(table[0])
    db.execute(f'CREATE TABLE {name} ({", ".join(chr(34) + column + chr(34) for column in columns)})')
    db.executemany(f'INSERT INTO {name} VALUES ({", ".join("?" * len(columns))})', [list(row.values()) for row in table])
one = lambda sql: db.execute(sql).fetchone()[0]
document = json.load(open(f'{folder}/all.json', encoding='utf8'))
json.dump({
    'samples': len(document['samples']), 'sampleRows': one('SELECT count(*) FROM samples'),
    'rtts': [[s['rttMs'] for s in document['samples'] if s['kind'] == 'reply'], [float(r['rttMs']) for r in rows['samples'] if r['kind'] == 'reply']],
    'sent': one('SELECT count(DISTINCT seq) FROM probes'), 'probes': one('SELECT count(*) FROM probes'),
    'lost': one("SELECT count(*) FROM probes WHERE outcome = 'lost'"),
    'inOrder': one('SELECT count(*) FROM (SELECT at, lag(at) OVER (ORDER BY rowid) AS before FROM probes) WHERE at < before'),
    'blackouts': [float(x) for (x,) in db.execute("SELECT blackoutMs FROM events WHERE kind = 'migration' ORDER BY startedAt")],
    'observed': document['observed'],
}, sys.stdout)
`;

needing(test, { commands: ['python3'] })(
  'Python and SQLite read the same probes, losses and blackouts',
  async () => {
    for (const [name, flag] of [
      ['samples.csv', '--csv'],
      ['probes.csv', '--probes'],
      ['events.csv', '--events'],
      ['all.json', undefined],
    ] as const)
      await shared(['export', HELD, ...(flag ? [flag] : []), '-o', join(folder, name)]);
    const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON, folder], { encoding: 'utf8' });
    assert.is(stderr, '');
    const read = JSON.parse(stdout);
    assert.is(read.sampleRows, read.samples);
    assert.equal(read.rtts[0], read.rtts[1]);
    assert.is(read.sent, read.probes);
    assert.is(read.inOrder, 0);
    const { recordings } = JSON.parse((await shared(['analyze', '--json', HELD])).stdout);
    const [figures] = recordings[0].targets;
    assert.is(read.probes, figures.sent);
    assert.is(read.lost, figures.lost);
    assert.equal(read.observed, [
      { target: figures.target, observedMs: figures.observedMs, coverage: figures.coverage },
    ]);
    const { truth } = readTruthFile('recordings/lan-held.truth.json');
    assert.is(read.blackouts.length, truth.length);
    for (const [index, { stop, resume }] of truth.entries())
      assert.ok(Math.abs(read.blackouts[index] - 1000 * (resume! - stop!)) < 2, `blackout ${index}`);
  },
);

test('Parquet holds the same probes as CSV, with types', async () => {
  const file = join(folder, 'held.parquet');
  await shared(['export', HELD, '--parquet', '-o', file]);
  const { stdout } = await shared(['export', HELD, '--probes']);
  const [head = '', ...lines] = stdout.trimEnd().split('\r\n');
  const bytes = readFileSync(file);
  const rows = await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  });
  // The reader gives moments as dates, to the millisecond.
  const text = (value: unknown) =>
    value instanceof Date ? value.toISOString().slice(0, -1) : String(value ?? '');
  const short = (cell: string) =>
    /^\d{4}-/.test(cell) ? cell.slice(0, 'YYYY-MM-DDTHH:MM:SS.mmm'.length) : cell;
  assert.equal(
    rows.map(row => head.split(',').map(name => text(row[name]))),
    lines.map(line => line.split(',').map(short)),
  );
});

test('Parquet holds a fleet of probes that are not final when the recording ends', async () => {
  const path = join(folder, 'fleet.jsonl');
  const recorder = Recorder.open(path, {}, new FakeSession().ports);
  const outcome = { kind: 'reply', rttMs: 1 } as const;
  for (let seq = 0; seq < 140_000; seq++) {
    const at = START + seq / 20;
    const sample = { at, knownAt: at + 1, target: 'a', probe: 'icmp', seq, outcome };
    recorder.take({ sample, verdicts: [], lights: [], events: [] });
  }
  recorder.close();
  let bytes = 0;
  await exportParquet(RecordingReader.open(path), piece => {
    bytes += piece.length;
  });
  assert.ok(bytes > 140_000);
});

test('a probe that was overdue, then lost, then answered is one row: late', async () => {
  const path = join(folder, 'late.jsonl');
  const log = join(folder, 'late.ping.log');
  const reply = (stamp: number, seq: number, rtt: number) =>
    `[${stamp.toFixed(6)}] 64 bytes from 10.0.0.7: icmp_seq=${seq} ttl=64 time=${rtt} ms`;
  const lines = Array.from({ length: 60 }, (_, index) => reply(100 + 0.1 * index, index + 1, 1));
  lines[19] = '[102.000000] no answer yet for icmp_seq=20';
  lines.splice(40, 0, reply(103.95, 20, 2050));
  writeFileSync(log, lines.join('\n'));
  await shared(['import', log, '-o', path]);
  const { stdout } = await shared(['export', '--probes', path]);
  const rows = stdout.split('\r\n').filter(row => row.includes(',ping,20,'));
  assert.is(rows.length, 1, stdout);
  assert.match(rows[0]!, /,20,late,2050,64,/);
});

test('the events as Markdown: a table that no text from outside can break, and the time that was not observed', async () => {
  const log = join(folder, 'gap.ping.log');
  const reply = (stamp: number, seq: number) =>
    `[${stamp.toFixed(6)}] 64 bytes from 10.0.0.7: icmp_seq=${seq} ttl=64 time=1 ms`;
  const run = (start: number) =>
    Array.from({ length: 100 }, (_, index) => reply(start + 0.1 * index, index + 1));
  writeFileSync(log, ['PING a|b (10.0.0.7) 56(84) bytes of data.', ...run(100), ...run(4000)].join('\n'));
  const path = join(folder, 'gap.jsonl');
  await shared(['import', log, '-o', path]);
  const { stdout } = await shared(['export', '--md', path]);
  assert.match(stdout, /^- a\\\|b: coverage 0\.\d+ %: 1\.0\d h not observed$/m);
  const columns = stdout
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line => line.split(/(?<!\\)\|/).length);
  assert.equal(new Set(columns), new Set([10]));
});

test('no name becomes a link, a picture or HTML in what a renderer of Markdown makes of it', async () => {
  const evil = [
    ...['[a](javascript:alert)', '![b](http://x.example/p.png)', 'http://c.example', 'https://d.example/?e'],
    ...['www.e.example', 'f@g.example', '<img src=x>', '<http://h.example>', '`i`', '**j**', '\\[k](l)'],
  ].join(' ');
  const path = join(folder, 'links.jsonl');
  const [header = '', ...rows] = readFileSync('recordings/lan-held.jsonl', 'utf8').split('\n');
  const fields = JSON.parse(header);
  fields.targets[0].name = evil;
  writeFileSync(path, [JSON.stringify(fields), ...rows].join('\n'));
  const { stdout } = await shared(['export', '--md', path]);
  const { marked } = createRequire(import.meta.url)('marked') as { marked(text: string): string };
  const html = marked(stdout);
  assert.match(html, /<td>/);
  assert.not.match(html, /<(a|img|code|strong|em)\b/);
});

test('forms that exclude each other are refused', async () => {
  for (const flags of [
    ['--probes', '--events'],
    ['--csv', '--md'],
  ])
    assert.match((await shared(['export', HELD, ...flags])).stderr, /cannot be combined/);
});

test('the data dictionary describes every column', async () => {
  const text = readFileSync('recordings/README.md', 'utf8');
  const dictionary = text.slice(text.indexOf('## Exports'), text.indexOf('## Other files'));
  for (const flag of ['--csv', '--probes', '--events']) {
    const { stdout } = await shared(['export', HELD, flag]);
    for (const column of stdout.slice(0, stdout.indexOf('\r')).split(','))
      assert.ok(dictionary.includes(`\`${column}\``), `${flag}: ${column}`);
  }
});

test.run();
