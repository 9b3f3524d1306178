import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedProgram } from '../../support/shared-program.js';

const test = suite('analyze, as a command');
const migwatch = sharedProgram();

const shipped = (name: string) => [`recordings/${name}.jsonl`, '--truth', `recordings/${name}.truth.json`];

test('--json scores against the truth as the text does', async () => {
  const { code, stdout } = await migwatch(['analyze', '--json', ...shipped('demo')]);
  assert.is(code, 0);
  const { recordings, scores } = JSON.parse(stdout);
  assert.is(recordings[0].judged[0].events.length, 6);
  const { defaults, 'three lost in a row': baseline } = scores;
  assert.equal(defaults.confusion, { migration: { migration: 4 }, outage: { outage: 2 } });
  assert.equal(baseline.confusion.outage, { migration: 2 });
  assert.equal(
    defaults.matches.map(({ from }: { from: string }) => from.slice(0, 19)),
    ['33:57', '33:57', '34:13', '34:13', '34:39', '34:39'].map(time => `2026-11-21T06:${time}`),
  );
  for (const { detection } of defaults.matches) assert.match(detection.at, /^2026-11-21T06:3[345]:.*Z$/);
});

test('several recordings are scored as one, and targets of one name as two', async () => {
  const { code, stdout } = await migwatch([
    'analyze',
    ...shipped('lan-held'),
    ...shipped('wan-idle'),
    '--json',
  ]);
  assert.is(code, 0);
  const { recordings, scores } = JSON.parse(stdout);
  assert.is(recordings.length, 2);
  const ofOne = await Promise.all(
    ['lan-held', 'wan-idle'].map(async name => {
      const { stdout: alone } = await migwatch(['analyze', ...shipped(name), '--json']);
      return JSON.parse(alone).scores.defaults.matches.length;
    }),
  );
  assert.is(scores.defaults.matches.length, ofOne[0] + ofOne[1]);
  const targets = new Set(scores.defaults.matches.map(({ target }: { target: string }) => target[0]));
  assert.equal([...targets].sort(), ['1', '2']);
});

test.run();
