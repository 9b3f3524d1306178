import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { INITIAL } from '../../../src/ui/model/controls.js';
import { PAGE_SIZE, pageText } from '../../../src/ui/panels/event-page-text.js';
import { openPageOf } from '../../../src/ui/view/event-page.js';
import { sharedProgram } from '../../support/shared-program.js';
import { watchedRecording } from '../../support/watched-recording.js';

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

test('a part of a recording has the same events as the whole, and figures of its own', async () => {
  const all = JSON.parse((await migwatch(['analyze', '--json', ...shipped('lan-held')])).stdout);
  const span = ['--from', '00:24:50', '--to', '00:25:10'];
  const part = JSON.parse((await migwatch(['analyze', '--json', ...shipped('lan-held'), ...span])).stdout);
  const [whole, some] = [all.recordings[0], part.recordings[0]];
  assert.equal(some.judged[0].events, whole.judged[0].events.slice(2, 4));
  assert.equal(some.targets[0].events, { migration: 2 });
  assert.ok(some.samples < whole.samples / 3);
  assert.ok(Math.abs(some.targets[0].observedMs - 20_000) < 200);
  assert.is(some.targets[0].coverage > 0.99, true);
  assert.equal(part.scores.defaults.recall, { found: 2, of: 2 });
  const { stdout, stderr } = await migwatch([
    'analyze',
    ...shipped('lan-held').slice(0, 1),
    '--target',
    'nobody',
  ]);
  assert.match(stdout, /no events/);
  assert.match(stderr, /no samples, or none within --from, --to and --target/);
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

test('the table numbers events, and --event prints the page of one, as the screen shows it', async () => {
  const [file] = shipped('lan-held');
  const table = (await migwatch(['analyze', file!])).stdout;
  const [, number] = /^ *(\d+) +2026-11-21 00:24:56\.671/m.exec(table)!;
  const { code, stdout } = await migwatch(['analyze', file!, '--event', number!]);
  assert.is(code, 0);
  const moment = await watchedRecording('lan-held');
  const page = openPageOf(moment, { ...INITIAL, event: `e${number}`, page: 0 }, PAGE_SIZE)!;
  assert.is(stdout, pageText(page));
  assert.match(stdout, /unreachable 398 ms → guest clock 327 ms behind → 5 RARP.*\n.*migration 98 %/);
  const [row] = /^.*00:24:56\.671.*$/m.exec(table)!;
  assert.match(row, / 398 ms /, 'the table gives the same figure the same name');
  assert.is((await migwatch(['analyze', file!, '--event', `e${number}`])).stdout, stdout);
});

test('--event of an event that is not there says which there are', async () => {
  const { code, stderr } = await migwatch(['analyze', shipped('lan-held')[0]!, '--event', '7']);
  assert.is(code, 2);
  assert.match(stderr, /--event 7: no such event: expected the number of one, from 1 to 6/);
});

test.run();
