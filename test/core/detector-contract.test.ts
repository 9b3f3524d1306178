import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDetector } from '../../src/core/detector-contract.js';
import type { Verdict } from '../../src/core/verdict.js';

const CALM: Verdict = { state: 'calm', score: 0, threshold: 1, why: '' };
const sound = {
  name: 'mine',
  summary: 'does nothing',
  reads: ['reply'],
  options: { limit: { default: 1, unit: 'ms', help: 'a limit', min: 0, max: 10 } },
  create: () => ({ observe: () => CALM }),
};
const saying = (verdict: unknown) => ({ ...sound, create: () => ({ observe: () => verdict }) });
const alarm = { state: 'alarm', score: 2, threshold: 1, why: 'RTT 3 ms' };

function counting(saves: object) {
  let score = 0;
  return { observe: () => ({ ...CALM, score: -score++ }), ...saves };
}

const test = suite('detector contract');

test('a sound detector passes', () => {
  assert.is(checkDetector(sound), sound);
  assert.ok(checkDetector(saying(alarm)));
});

let calls = 0;
const UNSOUND: [string, unknown, RegExp][] = [
  ['nothing', undefined, /a detector is an object, exported as default; got undefined/],
  ['a bad name', { ...sound, name: 'My Detector' }, /`name` must be .*; got My Detector/],
  ['a name that steers the terminal', { ...sound, name: 'a\u001b[2J' }, /`name`.*got a\?\[2J/],
  ['no summary', { ...sound, summary: '' }, /`summary` must be one line/],
  ['an unknown outcome', { ...sound, reads: ['replies'] }, /`reads` accepts reply, overdue.*got replies/],
  ['an inherited outcome', { ...sound, reads: ['toString'] }, /`reads` accepts/],
  ['nothing to read', { ...sound, reads: [] }, /`reads` must list/],
  ['no options', { ...sound, options: undefined }, /`options` must be an object/],
  [
    'a default out of range',
    { ...sound, options: { limit: { ...sound.options.limit, default: 11 } } },
    /option "limit": the default must lie between min and max; got 11/,
  ],
  [
    'an option without unit',
    { ...sound, options: { limit: { ...sound.options.limit, unit: undefined } } },
    /option "limit": `unit`/,
  ],
  ['no create', { ...sound, create: undefined }, /`create` must be a function/],
  ['no observe', { ...sound, create: () => ({}) }, /`create` must return an object with `observe`/],
  ['a thrown error', { ...sound, create: () => ({ observe: () => JSON.parse('{') }) }, /`observe` threw on/],
  ['no verdict', saying(undefined), /`observe` must return/],
  ['an unknown state', saying({ ...CALM, state: 'fine' }), /`state` must be one of/],
  ['a NaN', saying({ ...CALM, score: NaN }), /`score` must be a finite number/],
  ['an alarm below its threshold', saying({ ...alarm, score: 1 }), /an alarm needs a score above/],
  ['calm above it', saying({ ...CALM, score: 2 }), /a score above the threshold must alarm/],
  ['an alarm without a reason', saying({ ...alarm, why: '' }), /an alarm needs a `why`/],
  ['a reason that steers the terminal', saying({ ...alarm, why: '\u001b[2J' }), /an alarm needs a `why`/],
  [
    'state that is not saved',
    { ...sound, create: () => counting({ save: () => ({}), load: () => {} }) },
    /after `load` of what `save` returned, the verdicts must be the same/,
  ],
  [
    'state that is no data',
    { ...sound, create: () => counting({ save: () => new Map().keys, load: () => {} }) },
    /`load` must take what `save` returned, as JSON has it/,
  ],
  [
    'state shared between instances',
    { ...sound, create: () => ({ observe: () => ({ ...CALM, score: -calls++ }) }) },
    /the same samples must give the same verdicts/,
  ],
];

for (const [what, candidate, message] of UNSOUND)
  test(`refuses ${what}`, () => assert.throws(() => checkDetector(candidate), message));

test.run();
