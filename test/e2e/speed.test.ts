import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Millis, Sample } from '../../src/core/sample.js';
import { readAll, scratch } from '../recording/session.js';
import { Headless } from '../support/headless.js';

interface Span {
  from: Millis;
  to: Millis;
}
/** Simulated time after a span without probes in which its events may begin. */
const SETTLED: Millis = 5000;

const test = suite('time that passes faster');

/** Spans in which nothing was probed: half a second in which this machine is busy is a minute of simulated time. */
function unprobed(samples: readonly Sample[]): Span[] {
  const sent = samples.filter(({ probe }) => probe === 'sim').map(({ at }) => at);
  return sent
    .map((from, index) => ({ from, to: sent[index + 1] ?? from }))
    .filter(({ from, to }) => to - from > 1000);
}

test('twenty minutes of a simulated VM in seconds: each migration that was probed is reported at its time, and nothing else', async () => {
  const file = join(scratch(), 'fast.jsonl');
  const flags = ['-i', '50ms', '-d', '20m', '--speed', '100', '--hold', '5s'];
  const ours = Headless.start(['sim:a', ...flags, `--record=${file}`]);
  await ours.until(({ type }) => type === 'summary');
  await ours.end();
  assert.match(ours.errors, /simulated time passes 100 times as fast as yours/);
  const { header, samples } = readAll(file);
  const ended = Date.parse(ours.of('summary')[0]!.at);
  assert.ok(ended - header.startedAt >= 1_200_000, `${ended - header.startedAt} ms`);

  const missed = unprobed(samples);
  // A clock that is read again after a span without probes may show what happened in it. Times of lines are cut to a millisecond.
  const isProbed = ({ from, to }: Span) =>
    !missed.some(span => span.from - 1 <= to && span.to + SETTLED >= from);
  // The VM was started a moment before its first reply. Pre-copy begins at 6 s and then every 45 s, and takes 4 to 6 s.
  const [began, last] = [samples[0]!.at, samples.at(-1)!.at];
  const due: Span[] = [];
  for (let at = began + 6000; at + 20_000 < last; at += 45_000) due.push({ from: at + 3900, to: at + 6100 });
  const probed = due.filter(isProbed);
  assert.ok(probed.length > 0, `nothing was probed: ${JSON.stringify(missed)}`);
  const events = ours.events().map(({ startedAt, red }) => ({ at: Date.parse(startedAt), red }));
  for (const { from, to } of probed)
    assert.equal(
      events.filter(({ at }) => at >= from && at <= to).map(({ red }) => red),
      [true],
      `from ${new Date(from).toISOString()}`,
    );
  const others = events.filter(
    ({ at }) => at + 20_000 < last && !due.some(({ from, to }) => at >= from && at <= to),
  );
  assert.equal(
    others.filter(({ at }) => isProbed({ from: at, to: at })),
    [],
  );
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
