import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Headless } from '../support/headless.js';

const test = suite('time that passes faster');

test('twenty minutes of a simulated VM in seconds: each of its migrations is reported at its time, and nothing else', async () => {
  const ours = Headless.start(['sim:a', '-i', '50ms', '-d', '20m', '--speed', '100', '--hold', '5s']);
  await ours.until(({ type }) => type === 'summary', 60_000);
  await ours.end();
  assert.match(ours.errors, /simulated time passes 100 times as fast as yours/);
  // The first reply: the VM was started a moment before.
  const began = Date.parse(ours.of('light').find(({ light }) => light === 'green')!.at);
  const ended = Date.parse(ours.of('summary')[0]!.at);
  assert.ok(ended - began > 1_150_000, `${ended - began} ms`);
  const events = ours.events();
  // Pre-copy begins at 6 s and then every 45 s, and takes 4 to 6 s.
  const into = events.map(({ startedAt }) => Date.parse(startedAt) - began - 6000);
  const during = (moment: number) => moment % 45_000 > 3900 && moment % 45_000 < 6100;
  assert.equal(
    into.filter(moment => !during(moment)),
    [],
  );
  const due = Math.floor((ended - began) / 45_000);
  assert.ok(events.length >= due - 1 && events.length <= due + 1, `${events.length} of ${due}`);
  assert.equal(new Set(into.map(moment => Math.floor(moment / 45_000))).size, events.length);
  const reds = ours.of('light').filter(({ light }) => light === 'red');
  assert.is(reds.length, events.length);
});

for (const [argv, error] of [
  [
    ['127.0.0.1', '--speed', '10'],
    /--speed is for simulated targets and replays, and "127.0.0.1" is neither/,
  ],
  [['sim:a', '--speed', 'max'], /--speed max is for replays/],
  [['sim:a', '--speed', '5000'], /--speed must be between 0.1 and 1000/],
] as const)
  test(`${argv.join(' ')} is refused`, async () => {
    const ours = Headless.start([...argv]);
    assert.is(await ours.exit(), 2);
    assert.match(ours.errors, error);
  });

test.run();
