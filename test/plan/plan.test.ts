import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commands } from '../../src/app/commands/index.js';
import { readCommandLine } from '../../src/plan/command-line.js';
import { flagsFromConfig } from '../../src/plan/config-file.js';
import { makePlan } from '../../src/plan/plan.js';
import { parseTargets } from '../../src/plan/targets.js';

const parse = (argv: readonly string[]) => readCommandLine(argv, commands);
const plan = (argv: string, targets = ['vm']) =>
  makePlan(parse(argv.split(' ').filter(Boolean)).flags, {
    targets: parseTargets(targets),
    detectors: [],
    probes: [],
  });
const many = (count: number) => Array.from({ length: count }, (_, index) => `vm${index}`);

const test = suite('command line');

test('a first word that is not a command is a target', () => {
  const { command, words, explicit } = parse(['vm1', 'db=10.0.0.7', '-i', '20ms']);
  assert.equal([command.name, words, explicit], ['watch', ['vm1', 'db=10.0.0.7'], false]);
  assert.is(parse(['doctor']).command.name, 'doctor');
  assert.equal(parse(['watch', 'doctor']).words, ['doctor']);
});

test('a flag that a command does not take is refused, with those that it takes', () => {
  assert.throws(
    () => parse(['doctor', '-i', '50ms']),
    /unknown flag of migwatch doctor "--interval". Known: --version, --help/,
  );
});

test('a flag with a value cannot be negated: --no-record is refused, and records nothing', () => {
  for (const flag of ['record', 'lookback', 'interval', 'expect'])
    assert.throws(
      () => parse(['vm', `--no-${flag}`]),
      new RegExp(`--no-${flag}: expected no such flag; leave out --${flag}`),
    );
  assert.is(parse(['vm', '--no-mouse']).flags.mouse, false);
  assert.equal(parse(['vm', '--', '--no-record']).words, ['vm', '--no-record']);
});

test('the defaults are those of the manual', () => {
  const { intervalMs, timeoutMs, holdMs, color, headless } = plan('');
  assert.equal([intervalMs, timeoutMs, holdMs, color, headless], [50, 1000, 30_000, true, false]);
});

test('flags are read in their long and short forms', () => {
  const { intervalMs, family, durationMs, failOn, color, ascii, samples } = plan(
    'vm -i 20ms -4 --duration=90s --fail-on migration,ghost --no-color --ascii --samples',
  );
  assert.equal(
    [intervalMs, family, durationMs, failOn, color, ascii, samples],
    [20, 4, 90_000, ['migration', 'ghost'], false, true, true],
  );
});

const REFUSED: [string, RegExp][] = [
  ['vm --intervall 5ms', /unknown flag "--intervall". Did you mean "--interval"/],
  ['vm --fail-onn x', /unknown flag "--fail-onn". Did you mean "--fail-on"/],
  ['vm -z', /unknown flag "-z"/],
  ['vm -i', /--interval needs a value/],
  ['vm -i 50', /--interval: "50" is not a duration/],
  ['vm -i 1ms', /--interval must be between 2ms and 1d, not "1ms"/],
  ['vm -i 50ms -i 60ms', /only be set once/],
  ['vm --fail-on migratoin', /Did you mean "migration"/],
  ['vm -4 -6', /exclude each other/],
];
for (const [argv, reason] of REFUSED) test(`refuses ${argv}`, () => assert.throws(() => plan(argv), reason));

test('a lone dash is standard input', () => {
  const { flags, words } = parse(['-f', '-', 'vm', '-f', 'list']);
  assert.equal([flags.file, words], [['-', 'list'], ['vm']]);
});

test('-r takes a file by an equals sign, or where the next word can be nothing else', () => {
  const read = (...argv: string[]) => {
    const { flags, words } = parse(argv);
    return [flags.record, words];
  };
  assert.equal(read('-r', 'vm'), ['', ['vm']]);
  assert.equal(read('vm', '--record'), ['', ['vm']]);
  assert.equal(read('--record=night', 'vm'), ['night', ['vm']]);
  assert.equal(read('--record', 'night.jsonl', 'vm'), ['night.jsonl', ['vm']]);
  assert.equal(read('replay', 'night.jsonl'), [undefined, ['night.jsonl']]);
  assert.equal(plan('-r vm --dir there').record, { atOnce: true, folder: 'there', force: false });
  assert.equal(plan('vm').record, { atOnce: false, force: false });
});

test('more than 2,000 packets a second need an explicit interval', () => {
  assert.throws(() => plan('', many(101)), /2020 packets a second.*add -i 60ms/);
  assert.is(plan('', many(100)).targets.length, 100);
  assert.is(plan('-i 50ms', many(101)).intervalMs, 50);
});

test('a configuration file holds the same settings by their long names', () => {
  assert.equal(flagsFromConfig('{"interval":"1s","ascii":true,"detector":"loss"}', 'c.json'), {
    interval: '1s',
    ascii: true,
    detector: ['loss'],
  });
  assert.throws(
    () => flagsFromConfig('{"intervl":"1s"}', 'c.json'),
    /c.json: unknown setting "intervl". Did you mean "interval"/,
  );
  assert.throws(
    () => flagsFromConfig('{"ascii":"yes"}', 'c.json'),
    /c.json: "ascii" must be true or false, not "yes"/,
  );
  assert.throws(() => flagsFromConfig('[]', 'c.json'), /one JSON object/);
  assert.throws(() => flagsFromConfig('{', 'c.json'), /c.json is not JSON/);
});

test.run();
