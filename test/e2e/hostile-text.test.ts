import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER, scratch } from '../recording/session.js';
import { migwatch } from '../support/cli.js';
import { closeScreens, openScreen, type Screen } from '../support/screen.js';
import { sharedProgram } from '../support/shared-program.js';

/** A title, a device control, C1, colours, bidi, zero-width, a tag, marks, wide, line ends, markup, a formula, quotes. */
const EVIL =
  '=cmd\u001b]0;owned\u0007\u001bP$q\u001b\\\u009b5m\u001b[6;66m\u202e\u2066\u200b\u061c\u00ad\u{e0041}e\u0334\u6f22' +
  '\u{1f642}\r\n\u2028\u0085<script>"\'$(touch owned)`x`\u0008\u007f';
/** The same for where a line end ends the text. */
const EVIL_LINE = EVIL.replace(/[\r\n]/g, '');
/** A name of a file holds neither slashes nor more than 255 bytes. */
const EVIL_NAME = EVIL.slice(0, 60);

/** What acts in a terminal, or misleads who reads it. Marks and wide characters may stand in JSON, for it is data. */
const ACTS_AS_TEXT = /(?![\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{M}]/u;
const ACTS_AS_JSON = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const folder = scratch();
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const info = {
  ...{ target: EVIL, name: EVIL, address: EVIL, backend: EVIL, witnesses: [EVIL], simulated: false },
  stream: { url: EVIL, rate: 1, bufferMs: 1, startMs: 1, rebufferMs: 1 },
};
const { startedAt } = HEADER;
const moments = { startedAt, endedAt: startedAt + 100, detectedAt: startedAt + 100 };
const evidence = [{ witness: EVIL, summary: EVIL, value: 1, unit: EVIL }];
const sample = (kind: string, fields: object) => [0, 50_000, 500, kind, 1, fields];

/** A recording with the text wherever one may stand. */
const ROWS = [
  ['stream', { index: 0, target: EVIL, probe: EVIL }],
  [0, startedAt * 1000, 500],
  ...Array.from({ length: 100 }, () => [0, 50_000, 500]),
  sample('lost', { reason: 'timeout', from: EVIL }),
  sample('unsent', { reason: EVIL }),
  sample('foreign', { from: EVIL }),
  sample('announce', { via: 'arp', mac: EVIL, gratuitous: true }),
  sample(EVIL, { [EVIL]: EVIL }),
  sample('playback', { state: 'stalled', bufferMs: 0, lowestMs: 0, stalls: 1, stalledMs: 1, trouble: EVIL }),
  [
    'event',
    { id: EVIL, state: 'closed', target: EVIL, kind: 'migration', ...moments, confidence: 1, evidence },
  ],
  ['light', { target: EVIL, light: 'red', at: startedAt, why: EVIL }],
  ['gap', { at: startedAt, until: startedAt + 9, reason: EVIL }],
  ['target', { at: startedAt, info }],
  ['note', { at: startedAt + 1000, text: EVIL, target: EVIL }],
  ['expect', { at: startedAt, targets: [EVIL, 'nobody'] }],
  [EVIL, { text: EVIL }],
];
const header = {
  ...{ format: 'migwatch-recording', version: 1, ...HEADER, tool: EVIL, host: EVIL, targets: [info] },
  plan: { ...HEADER.plan, detectors: [...HEADER.plan.detectors, { name: EVIL, options: { [EVIL]: EVIL } }] },
};
const kept = join(folder, 'kept');
mkdirSync(kept);
const recording = join(kept, `${EVIL_NAME}.jsonl`);
writeFileSync(recording, `${[header, ...ROWS].map(row => JSON.stringify(row)).join('\n')}\n`);
for (const name of ['--on-event=evil', '$(touch owned)']) writeFileSync(join(kept, `${name}.jsonl`), '');

const test = suite('hostile text');
const shared = sharedProgram();
test.after.each(closeScreens);

/** The exits of a recording; what they write is JSON, or text for people. */
const EXITS: Record<string, { words: readonly string[]; json?: true }> = {
  figures: { words: ['analyze', recording] },
  'figures as JSON': { words: ['analyze', '--json', recording], json: true },
  page: { words: ['report', recording] },
  picture: { words: ['report', '--svg', recording] },
  'shared page': { words: ['share', recording] },
  document: { words: ['export', recording], json: true },
  table: { words: ['export', '--csv', recording] },
  lines: { words: ['replay', '--headless', '--samples', recording], json: true },
  catalogue: { words: ['recordings', '--dir', kept] },
  'catalogue as JSON': { words: ['recordings', '--json', '--dir', kept], json: true },
  entry: { words: ['recordings', 'show', EVIL_NAME, '--dir', kept] },
  note: { words: ['recordings', 'note', EVIL_NAME, EVIL, '--dir', kept] },
  names: { words: ['recordings', 'names', '--dir', kept] },
};
const stdout = new Map<string, string>();

test('a recording of it leaves by every exit as something to read', async () => {
  for (const [exit, { words, json }] of Object.entries(EXITS)) {
    const run = await shared(words);
    stdout.set(exit, run.stdout);
    assert.is(run.code, 0, `${exit}: ${run.stderr}`);
    assert.not.match(run.stdout, json ? ACTS_AS_JSON : ACTS_AS_TEXT, exit);
    assert.not.match(run.stderr, ACTS_AS_TEXT, exit);
  }
});

test('what reads it next takes it for text: JSON, markup, cells, names', () => {
  for (const [exit, { json }] of Object.entries(EXITS))
    if (json && exit !== 'lines') assert.ok(JSON.stringify(JSON.parse(stdout.get(exit)!)).includes('script'));
  const lines = stdout.get('lines')!.trimEnd().split('\n');
  assert.is(JSON.parse(lines[0]!).targets[0].name, EVIL, 'it reads back the same');
  for (const exit of ['page', 'picture']) assert.not.match(stdout.get(exit)!, /<script/);
  const rows = stdout.get('table')!.trimEnd().split('\r\n').slice(1);
  for (const row of rows) assert.match(row.split(',')[2]!, /^"'=cmd/);
  assert.is(stdout.get('names'), '$(touch owned)\n', 'neither a flag nor what would not be typed');
});

/** Where a user's words, or those of a file that he names, may be wrong: each is refused in words of ours. */
const REFUSED: Record<string, readonly string[]> = {
  target: [EVIL],
  'target list': ['-f', file('list', EVIL_LINE)],
  'file name': ['-f', join(folder, EVIL)],
  expected: ['sim:a', '--expect', file('expected', EVIL_LINE)],
  settings: ['sim:a', '-c', file('settings', JSON.stringify({ [EVIL]: 1 }))],
  'a setting': ['sim:a', '-c', file('setting', JSON.stringify({ interval: EVIL }))],
  'no settings': ['sim:a', '-c', file('broken', EVIL)],
  stream: ['--stream', EVIL],
  'stream of a host': ['--stream', `http://u:p@h/${EVIL}`],
  observer: ['sim:a', '--observer', EVIL],
  interval: ['sim:a', '-i', EVIL],
  detector: ['sim:a', '--detector', EVIL],
  'detector file': ['sim:a', '--detector', file('evil.js', `throw new Error(${JSON.stringify(EVIL)})`)],
  backend: ['sim:a', '--backend', EVIL],
  probe: ['sim:a', '--probe', EVIL],
  witness: ['sim:a', '--witness', EVIL],
  theme: ['sim:a', '--theme', EVIL],
  hook: ['sim:a', '--on-event', `'${EVIL.replaceAll("'", '')}`],
  'fail-on': ['sim:a', '--fail-on', EVIL],
  flag: [`--${EVIL}`],
  recording: ['replay', EVIL],
  truth: [
    'analyze',
    recording,
    '--truth',
    file('truth', JSON.stringify({ truth: [{ type: EVIL, target: EVIL }] })),
  ],
  log: ['import', file('log', EVIL)],
  folder: ['recordings', '--dir', file(EVIL_NAME, '')],
  shell: ['completion', EVIL],
};

test('a refusal quotes it without obeying it', async () => {
  for (const [where, words] of Object.entries(REFUSED)) {
    const run = await shared(words);
    assert.is(run.code, 2, `${where}: ${run.stdout}${run.stderr}`);
    assert.not.match(run.stdout + run.stderr, ACTS_AS_TEXT, where);
  }
});

const started = { type: 'start', targets: [{ ...info, target: 'x', simulated: true }] };
const at = '2026-11-21T10:00:00.000Z';
const lines = [
  started,
  { type: 'sample', target: 'x', probe: EVIL, seq: 0, at, knownAt: at, kind: 'unsent', reason: EVIL },
];
const said = file('observed', `${lines.map(line => JSON.stringify(line)).join('\n')}\n${EVIL_LINE}\n`);
const shouting = file(
  'observer.sh',
  `#!/bin/sh\ncat '${said}' >&2\nhead -1 '${said}'\nsleep 0.4\ntail -n +2 '${said}'\nexit 1\n`,
);
chmodSync(shouting, 0o755);
/** Everything that may say something while we watch. */
const LIVE = [
  ...[`${EVIL_LINE.replaceAll('=', '')}=sim:a`, '--observer', `o=${shouting}`],
  ...['--dir', folder, '--notes', file('notes', `${EVIL_LINE}\n`), '--on-event', `cat '${said}' /no`],
];

test('lines about targets, events and notes are safe to show', async () => {
  const run = await migwatch(['watch', '--headless', '--samples', '-d', '1s', ...LIVE]);
  assert.is(run.code, 0, run.stderr);
  assert.not.match(run.stdout, ACTS_AS_JSON);
  assert.not.match(run.stderr, ACTS_AS_TEXT);
  const all = run.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.is(all.find(({ type }) => type === 'note').text, EVIL_LINE.trim());
  assert.ok(all.some(({ type, probe }) => type === 'sample' && probe === EVIL));
});

/** Sequences that we draw by: cursor, colours, modes, character sets, the title of our own. */
const OURS =
  /\u001b\[[?>]?[\d;]*[A-Za-z]|\u001b[78=>M]|\u001b[()][A-Z0-9]|\u001b\]2;migwatch[ \u0021-\u007e\u2580-\u25ff]*\u001b\\|[\n\r\u000e\u000f]/gu;

function checkScreen(screen: Screen): void {
  const raw = screen.raw();
  assert.match(raw, /cmd\ufffd/, 'it was shown');
  assert.not.match(raw, /\u001b\[6;66m|\u001b\]0|\u0007/, 'a sequence of others');
  assert.not.match(raw.replace(OURS, ''), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{M}]/u);
}

const FACES: Record<string, { words: readonly string[]; keys: readonly string[]; shown: RegExp }> = {
  dashboard: {
    words: LIVE,
    keys: ['l', 'x', 'n\r', 'm', `${EVIL_LINE}\r`, '\x1b', 'a', `${EVIL_LINE}\r`, '\x1b', '?'],
    shown: /Session|migwatch \d/,
  },
  pane: {
    words: ['pane', ...LIVE.filter(word => !/^--notes$|\/notes$/.test(word))],
    keys: [],
    shown: /a|cmd/,
  },
  replay: {
    words: ['replay', recording, '--speed', 'max'],
    keys: ['l', 'x', 'y', 'n', '?'],
    shown: /REPLAY/,
  },
};

for (const [face, { words, keys, shown }] of Object.entries(FACES))
  test(`${face}: shows it, and writes no sequence but its own`, async () => {
    const screen = openScreen(words, { cols: 120, rows: 40, env: { XDG_CACHE_HOME: folder } });
    await screen.waitFor(/cmd\ufffd/);
    for (const key of keys) {
      screen.press(key);
      await new Promise(done => setTimeout(done, 150));
    }
    await screen.waitFor(shown);
    screen.kill('SIGTERM');
    await screen.exit;
    checkScreen(screen);
  });

test('a TERM of it is told in words', async () => {
  const screen = openScreen(['doctor'], { env: { TERM: EVIL_LINE } });
  await screen.exit;
  const doctor = screen.raw().split('exit code')[0]!;
  assert.match(doctor, /TERM==cmd\ufffd/);
  assert.not.match(doctor, ACTS_AS_TEXT);
});

test.run();
