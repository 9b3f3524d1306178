import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector } from '../detectors/index.js';
import { type Random, seeded } from '../src/core/statistics/random.js';
import { readAll, record, scratch } from './recording/session.js';
import { inLanes, migwatch, type Run } from './support/cli.js';
import { scenario } from './support/scenario.js';
import { sharedProgram } from './support/shared-program.js';

const folder = scratch();
const EVIL = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\u0000<script>';
const sound = join(folder, 'sound.jsonl');
record(sound, scenario(`${'.'.repeat(60)}xxxxxxx${'.'.repeat(60)}`));
const [header = '', ...rows] = readFileSync(sound, 'utf8').trimEnd().split('\n');
const fields = JSON.parse(header);
const withHeader = (change: object) => [JSON.stringify({ ...fields, ...change }), ...rows].join('\n');
const withRow = (row: string) => [header, ...rows.slice(0, 50), row, ...rows.slice(50), ''].join('\n');
const target = { ...fields.targets[0], target: 'vm' };

/** As the first releases wrote what detectors had learned, by names of classes and fields. */
const learned = (known: unknown): string =>
  JSON.stringify([
    'learned',
    { part: 0, parts: 1, deflate: deflateRawSync(JSON.stringify(known)).toString('base64') },
  ]);
const made = (name: string, of: object) => ({ $: 'class', name, of });
const { plugin, options } = chooseDetector('threshold');
const ENDLESS = {
  judge: { probes: [], watches: { $: 'Map', of: [] }, lags: { $: 'Map', of: [] }, events: 0 },
  seats: [
    [
      'vm',
      [
        {
          name: plugin.name,
          options,
          detector: made('RttDetector', {
            rule: made('Threshold', { run: made('RunMinimum', { count: { $: 'Infinity' } }) }),
          }),
          latest: { detector: plugin.name, verdict: { state: 'learning', score: 0, threshold: 0, why: '' } },
        },
      ],
    ],
  ],
};
const state = (clock: object): string => {
  const watch = { version: 1, clock: { version: 1, track: { version: 1, ...clock } } };
  const saved = { version: 1, judge: { version: 1, probe: 'icmp', watch }, detectors: [] };
  return JSON.stringify(['state', { version: 1, target: 'vm', saved }]);
};

/** What a stranger may hand us, and the line that is at fault where one is. */
const RECORDINGS: Record<string, { text: string | Buffer; line?: number }> = {
  empty: { text: '', line: 1 },
  'only a line end': { text: '\n', line: 1 },
  noise: { text: Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 256)), line: 1 },
  'the header cut short': { text: header.slice(0, 80), line: 1 },
  'another version': { text: withHeader({ version: 99 }), line: 1 },
  'a version of escapes': { text: withHeader({ version: EVIL }), line: 1 },
  'a header of wrong types': { text: withHeader({ plan: [], targets: 'all' }), line: 1 },
  'a header of endless intervals': { text: withHeader({ plan: { ...fields.plan, intervalMs: 0 } }) },
  'names that steer': {
    text: withHeader({ host: EVIL, targets: [{ ...target, name: EVIL, backend: EVIL }] }),
  },
  'no row': { text: `${header}\n` },
  'cut in a row': { text: readFileSync(sound).subarray(0, -40) },
  'a row of another kind': { text: withRow('["later",{"made":"by a newer release"}]') },
  'no JSON in a row': { text: withRow('[1,2'), line: 52 },
  'a row that is no array': { text: withRow('{"target":"vm"}'), line: 52 },
  'a row of wrong types': { text: withRow('[0,"x",null,"reply",1,{"rttMs":"long"}]'), line: 52 },
  'a stream that is not there': { text: withRow('[7,1,2]'), line: 52 },
  'a number out of range': { text: withRow('[0,9007199254740993,1e300]'), line: 52 },
  'an event of wrong types': { text: withRow('["event",{"id":1,"kind":"party"}]'), line: 52 },
  'nesting without end': { text: withRow('['.repeat(100_000)), line: 52 },
  'what was learned is rubbish': { text: withRow('["learned",{"part":0,"parts":1,"deflate":"AAAA"}]') },
  'what was learned counts without end': { text: withRow(learned(ENDLESS)) },
  'what was learned inflates a thousandfold': { text: withRow(learned('A'.repeat(100 << 20))) },
  'a state that counts without end': { text: withRow(state({ settled: 1e15, length: 'Infinity' })) },
  'a state of another release': { text: withRow('["state",{"version":9,"target":"vm","saved":{}}]') },
  'a state that is a list': { text: withRow('["state",{"version":1,"saved":[]}]'), line: 52 },
  'streams told anew that are none': { text: withRow('["sync",["vm","icmp",1e300,-5]]'), line: 52 },
  'a learned bomb': { text: withRow('["learned",{"part":0,"parts":4000000000,"deflate":""}]') },
  'a huge line': { text: withRow(`["note",{"at":0,"text":"${'x'.repeat(5 << 20)}"}]`), line: 52 },
  'words that steer': {
    text: withRow(
      `["note",{"at":1795255200000,"text":${JSON.stringify(EVIL)}}]\n["light",{"target":${JSON.stringify(EVIL)},"light":"red","at":0,"why":${JSON.stringify(EVIL)}}]`,
    ),
  },
  'a target named __proto__': {
    text: withRow('["stream",{"index":1,"target":"__proto__","probe":"icmp"}]\n[1,5,5]'),
  },
  'an echo at the end of time': { text: withRow('[0,9000000000000000,1,"reply",1,{"rttMs":1}]') },
  'something after the end': { text: `${readFileSync(sound, 'utf8')}[0,1,2]\n` },
  'all of it twice': { text: `${readFileSync(sound, 'utf8')}`.repeat(2) },
};

const LOGS: Record<string, { text: string; fails?: true }> = {
  empty: { text: '', fails: true },
  prose: { text: 'to be or not to be\n'.repeat(500), fails: true },
  'a huge line': { text: `${'a'.repeat(200_000)}\n`, fails: true },
  'a huge line behind a good one': {
    text: `[1795225031.1] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n${'a'.repeat(200_000)}`,
    fails: true,
  },
  'no stamps': { text: '64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n', fails: true },
  'a host that steers': {
    text: `PING ${EVIL} (10.0.0.7) 56(84) bytes of data.\n[1795225031.1] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n`,
  },
  'fping of a host that steers': {
    text: `[1795225031.1] ${'\u001b[31mx'} : [0], 64 bytes, 0.03 ms (0.03 avg, 0% loss)\n`,
  },
  'numbers without end': {
    text: '[999999999999.9] 64 bytes from 10.0.0.7: icmp_seq=65535 ttl=255 time=999999999 ms\n[0.1] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n',
  },
  'a stamp beyond the end of time': {
    text: '[999999999999.15] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n',
    fails: true,
  },
  'a stamp beyond the end of time among others': {
    text: [1795225031.1, 999999999999.15, 1795225031.2]
      .map((at, index) => `[${at}] 64 bytes from 10.0.0.7: icmp_seq=${index + 1} ttl=64 time=1 ms\n`)
      .join(''),
  },
  'cut in a line': {
    text: '[1795225031.1] 64 bytes from 10.0.0.7: icmp_seq=1 ttl=64 time=1 ms\n[1795225031.2] 64 bytes fr',
  },
  'a clock alone': { text: '{"t": 1795220664.1, "seq": 0, "rtt_ms": 1, "offset_ms": -620}\n', fails: true },
};

const test = suite('hostile input');
const shared = sharedProgram();

/** No crash, no hang, no raw escape; a refusal says why. */
function checkManners({ code, stdout, stderr }: Run, what: string): void {
  assert.ok(code === 0 || code === 2, `${what}: exit code ${code}: ${stderr.slice(0, 500)}`);
  assert.not.match(stdout + stderr, /[^\P{Cc}\n\r]|[\u202e\u2066]/u, `${what}: a raw control character`);
  assert.not.match(stderr, /TypeError|ReferenceError|^\s+at /m, `${what}: an internal error`);
  if (code === 2) assert.match(stderr, /^migwatch: .{10,}/, what);
}

const COMMANDS = [['report'], ['export'], ['export', '--csv'], ['replay', '--headless']] as const;

/** By the command that reads the most, and by one of the others: they share the reader. */
test('every recording is borne, whatever is asked of it', async () => {
  const cases = Object.entries(RECORDINGS).flatMap(([what, { text, line }], index) => {
    const file = join(folder, `${index}.jsonl`);
    writeFileSync(file, text);
    return [['analyze'], COMMANDS[index % COMMANDS.length]!].map(words => ({ what, line, file, words }));
  });
  for (const { what, line, file, words } of cases) {
    const name = words.join(' ');
    const run = await shared([...words, file]);
    checkManners(run, `${name}, ${what}`);
    if (line === 1) assert.is(run.code, 2, `${name}, ${what}: was taken`);
    if (line !== undefined && name !== 'export --csv')
      assert.match(
        run.stdout + run.stderr,
        new RegExp(`line"?[: ]${line}\\b`),
        `${name}, ${what}: the line is not told`,
      );
  }
});

test('import: accepts or refuses any log, reports only recordings that it made, and these are read completely', async () => {
  await inLanes(
    Object.entries(LOGS).map(([what, { text, fails }], index) => async () => {
      const output = join(folder, `log-${index}.jsonl`);
      const run = await migwatch(['import', '-', '-o', output], text);
      checkManners(run, what);
      assert.is(run.code, fails ? 2 : 0, `${what}: ${run.stderr}`);
      assert.is(run.stdout, fails ? '' : `${output}\n`, what);
      if (!fails) assert.equal(readAll(output).ending, { kind: 'complete' }, what);
    }),
  );
});

test('bytes changed at random never make it crash, and what was read before stays', async () => {
  const random = seeded(20261121);
  const bytes = readFileSync(sound);
  for (let index = 0; index < 16; index++) {
    const file = join(folder, `mutant-${index}.jsonl`);
    writeFileSync(file, mutated(bytes, random));
    checkManners(await shared([index % 2 ? 'analyze' : 'report', file]), file);
  }
});

function mutated(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 0; count < 1 + 10 * random(); count++)
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  return random() < 0.3 ? copy.subarray(0, Math.floor(random() * copy.length)) : copy;
}

test.run();
