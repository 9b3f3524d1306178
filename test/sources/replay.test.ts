import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseDetector, defaultChoices } from '../../detectors/index.js';
import type { Sample } from '../../src/core/sample.js';
import type { Step } from '../../src/core/step.js';
import { Recorder } from '../../src/recording/recorder.js';
import { SessionEngine } from '../../src/session/engine.js';
import { type ReplayOptions, ReplaySource } from '../../src/sources/replay.js';
import { FakeSession, HEADER, HOLD, record, scratch } from '../recording/session.js';
import { inOrder, START, scenario } from '../support/scenario.js';
import { until } from '../support/until.js';

const folder = scratch();
const path = join(folder, 'night.jsonl');
const track = `${'.'.repeat(80)}xxxxxxx${'.'.repeat(400)}pppppppp${'.'.repeat(400)}`;
const samples = inOrder(
  scenario('.'.repeat(2000) + track.repeat(4), { target: 'a', leadIn: 0 }),
  scenario('.'.repeat(5200), { target: 'b', leadIn: 0, startMs: START + 25 }),
);
const live = record(path, samples);
const events = live.flatMap(step => step.events);

const OPTIONS: ReplayOptions = {
  choices: defaultChoices(),
  holdMs: HOLD,
  folder: join(folder, 'cache'),
  lookbackMs: 60_000,
  // Short enough for several places.
  entriesBetween: 2000,
};

/** What a session makes of a replay: all that its wiring takes. */
class LookerOn {
  session = new SessionEngine(defaultChoices(), HOLD);
  steps: Step[] = [];
  jumps = 0;

  constructor(readonly source: ReplaySource) {
    source.onRow = row => void this.session.take(row);
    source.onJump = ({ at, state, events: over }) => {
      assert.ok(over.every(event => event.endedAt! <= at));
      this.session.load(state);
      this.steps = [];
      this.jumps++;
    };
  }

  static async at(file = path, options: Partial<ReplayOptions> = {}): Promise<LookerOn> {
    return new LookerOn(await ReplaySource.open(file, { ...OPTIONS, ...options }));
  }

  readonly deliver = (batch: readonly Sample[]) => {
    for (const sample of batch) this.steps.push(this.session.take(sample)!);
  };

  /** Gets ready without letting time pass. */
  async paused(): Promise<this> {
    await this.source.start(this.deliver);
    this.source.pause();
    return this;
  }
}

function same(steps: readonly Step[], expected: readonly Step[]): void {
  assert.is(steps.length, expected.length);
  for (const [index, step] of steps.entries()) assert.equal(step, expected[index]);
}

const test = suite('replay');

test('as fast as possible, the very steps of the live run', async () => {
  const shares: number[] = [];
  const { source, steps, deliver } = await LookerOn.at(path, {
    speed: Infinity,
    progress: share => shares.push(share),
  });
  await source.start(deliver);
  await source.finished;
  same(steps, live);
  assert.is(source.now(), source.overview.endedAt);
  assert.ok(shares.length > 1 && shares.at(-1) === 1);
  await source.stop();
});

test('at a thousandfold speed, the very steps of the live run, in their time', async () => {
  const short = join(folder, 'short.jsonl');
  const expected = record(short, samples.slice(0, 8000));
  const look = await LookerOn.at(short, { speed: 1000 });
  const begun = performance.now();
  await look.source.start(look.deliver);
  await look.source.finished;
  same(look.steps, expected);
  // 8,000 samples of two targets at 20 Hz are 200 s.
  assert.ok(performance.now() - begun > 190, 'not before its time');
  await look.source.stop();
});

test('at its own speed, pausing and stepping', async () => {
  const { source, steps, deliver } = await LookerOn.at();
  await source.start(deliver);
  const isOnTime = () => source.now() > START + 200 && live[steps.length]!.sample.knownAt > source.now() - 40;
  await until(isOnTime, 'time goes on, and the samples with it');
  source.pause();
  const moment = source.now();
  const played = steps.length;
  assert.ok(steps.every(step => step.sample.knownAt <= moment));
  await new Promise(done => setTimeout(done, 60));
  assert.is(source.now(), moment);
  assert.is(steps.length, played);
  for (let count = 0; count < 5; count++) assert.ok(source.step());
  same(steps, live.slice(0, played + 5));
  assert.is(source.now(), live[played + 4]!.sample.knownAt);
  source.setSpeed(1e9);
  assert.is(source.speed, 1000);
  source.setSpeed(0);
  assert.is(source.speed, 0.1);
  assert.is(source.now(), live[played + 4]!.sample.knownAt);
  await source.stop();
});

test('a seek anywhere leads to the same steps, counts and lights as having watched', async () => {
  const look = await (await LookerOn.at()).paused();
  const { source } = look;
  const { startedAt, endedAt, places } = source.overview;
  assert.ok(places.length > 2, 'there are places to go on from');
  for (const share of [0.9, 0.1, 0.5, 0.499, 1, 0.77]) {
    const at = startedAt + share * (endedAt - startedAt);
    source.seek(at);
    const until = live.findLastIndex(step => step.sample.knownAt <= at) + 1;
    assert.ok(look.steps.length > 0);
    same(look.steps, live.slice(until - look.steps.length, until));
    assert.ok(
      look.steps[0]!.sample.knownAt <= Math.max(startedAt + 1, at - OPTIONS.lookbackMs) + 50,
      'with its past',
    );
    assert.is(source.now(), at);
    const watched = new SessionEngine(defaultChoices(), HOLD);
    for (const sample of samples.slice(0, until)) watched.take(sample);
    assert.equal(look.session.tally.targetSummaries(), watched.tally.targetSummaries());
    assert.equal([...look.session.lights].sort(), [...watched.lights].sort());
  }
  assert.is(look.jumps, 6);
  await source.stop();
});

test('a recording opens while it is read: a jump beyond that waits, and then leads to the same', async () => {
  const opened = await LookerOn.at(path, { folder: join(folder, 'early'), patienceMs: 0 });
  const { source, steps } = await opened.paused();
  assert.ok(source.share < 1, `${source.share} was read`);
  assert.is(source.overview.ending, undefined);
  const { endedAt } = source.overview;
  assert.ok(endedAt >= samples.at(-1)!.knownAt, 'the end row holds the end');
  source.seek(Infinity);
  assert.ok(source.seeks);
  assert.equal(steps, []);
  await source.read;
  assert.not(source.seeks);
  assert.is(source.share, 1);
  assert.is(source.now(), samples.at(-1)!.knownAt);
  same(opened.steps, live.slice(-opened.steps.length));
  assert.equal(source.overview.judged.length, new Set(events.map(({ id }) => id)).size);
  await source.stop();
});

test('a replay that is stopped while its recording is read leaves no part of an index', async () => {
  const cache = join(folder, 'stopped');
  const { source } = await LookerOn.at(path, { folder: cache, patienceMs: 0 });
  await source.stop();
  await source.read;
  assert.equal(readdirSync(cache), []);
});

test('steps back are the steps forward in reverse, also to what was sent before a jump', async () => {
  const look = await (await LookerOn.at()).paused();
  const { source } = look;
  source.seek(live[9000]!.sample.knownAt);
  for (let back = 1; back <= 5; back++) {
    assert.ok(source.stepBack());
    assert.is(source.now(), live[9000 - back]!.sample.knownAt);
    same(look.steps, live.slice(9000 - back - look.steps.length + 1, 9000 - back + 1));
  }
  source.step();
  assert.is(source.now(), live[8996]!.sample.knownAt);
  source.seek(-Infinity);
  assert.not(source.stepBack());
  await source.stop();
});

test('a seek beyond the recording ends at its beginning and its end', async () => {
  const { source } = await (await LookerOn.at()).paused();
  source.seek(-Infinity);
  assert.is(source.now(), source.overview.startedAt);
  source.seek(Infinity);
  assert.is(source.now(), source.overview.endedAt);
  assert.not(source.step());
  await source.stop();
});

test('recorded events stand next to the events as judged now', async () => {
  const same = await LookerOn.at();
  assert.equal(same.source.overview.judged, same.source.overview.recorded);
  assert.is(same.source.overview.recorded.length, new Set(events.map(({ id }) => id)).size);
  const other = await LookerOn.at(path, { choices: [chooseDetector('threshold')] });
  assert.equal(other.source.overview.recorded, same.source.overview.recorded);
  assert.not.equal(other.source.overview.judged, same.source.overview.judged);
  await same.source.stop();
  await other.source.stop();
});

test('the second opening reads only the index, and a damaged index is made again', async () => {
  let passes = 0;
  const open = async () => {
    const { source } = await LookerOn.at(path, { progress: () => passes++ });
    const { overview } = source;
    await source.stop();
    return overview;
  };
  const first = await open();
  assert.is(passes, 0, 'earlier tests made it');
  const cache = OPTIONS.folder!;
  for (const name of readdirSync(cache)) {
    if (name.endsWith('.json')) writeFileSync(join(cache, name), readFileSync(join(cache, name)).subarray(9));
    else truncateSync(join(cache, name), 9);
  }
  assert.equal(await open(), first);
  assert.ok(passes > 0);
});

async function playedWhole(file: string): Promise<{ steps: readonly Step[]; said: string }> {
  const said: string[] = [];
  const look = await LookerOn.at(file, { speed: Infinity });
  look.source.onNotice = text => said.push(text);
  await look.source.start(look.deliver);
  await look.source.finished;
  assert.equal(look.source.info().notices, said);
  await look.source.stop();
  return { steps: look.steps, said: said.join() };
}

test('a recording cut short plays until there, and says so', async () => {
  const cut = join(folder, 'cut.jsonl');
  writeFileSync(cut, readFileSync(path).subarray(0, 90_003));
  const { steps, said } = await playedWhole(cut);
  assert.ok(steps.length > 4000);
  same(steps, live.slice(0, steps.length));
  assert.match(said, /the recording is incomplete: line \d+ is cut short/);
});

test('a damaged recording plays on after the damage, a seek past it gives the same, and the missing part is reported', async () => {
  const whole = readFileSync(path);
  const damaged = join(folder, 'damaged.jsonl');
  const from = whole.indexOf('\n', 60_000) + 1;
  writeFileSync(
    damaged,
    Buffer.concat([whole.subarray(0, from), Buffer.from('[7]\n'), whole.subarray(80_000)]),
  );
  const { steps, said } = await playedWhole(damaged);
  const before = steps.findIndex((step, index) => step.sample.knownAt !== live[index]!.sample.knownAt);
  same(steps.slice(0, before), live.slice(0, before));
  const behind = steps.slice(before).map(({ sample }) => sample);
  assert.equal(behind, samples.slice(-behind.length));
  assert.match(
    said,
    /the recording is damaged at line \d+ \(.*\): \d+ bytes, (\d+) samples, \d+\.\d\d s missing/,
  );
  assert.is(Number(/(\d+) samples/.exec(said)![1]), samples.length - steps.length);
  const look = await (await LookerOn.at(damaged)).paused();
  for (const share of [0.9, 0.05, 0.5]) {
    const { startedAt, endedAt } = look.source.overview;
    look.source.seek(startedAt + share * (endedAt - startedAt));
    const last = steps.findLastIndex(({ sample }) => sample.knownAt <= look.source.now()) + 1;
    same(look.steps, steps.slice(last - look.steps.length, last));
  }
  await look.source.stop();
});

test('an error of the recall is reported', async () => {
  const look = await LookerOn.at();
  await look.source.start(() => {
    throw new Error('out of ink');
  });
  await look.source.finished.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'out of ink'),
  );
  await look.source.stop();
});

test('a cache that can\u2019t be written is not an error', async () => {
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, '');
  const { source } = await LookerOn.at(path, { folder: join(blocked, 'cache') });
  assert.ok(source.overview.samples === samples.length);
  await source.stop();
});

test('a seek restores the targets that were watched at that moment, from any place', async () => {
  const session = new FakeSession();
  const file = join(folder, 'come-and-go.jsonl');
  const recorder = Recorder.open(file, {}, session.ports);
  const third = Math.floor(samples.length / 3);
  const moment = (index: number) => samples[index]!.knownAt;
  session.run(samples.slice(0, third), recorder);
  recorder.add({
    type: 'target',
    data: { at: moment(third), info: { ...HEADER.targets[0]!, target: 'late' } },
  });
  session.run(samples.slice(third, 2 * third), recorder);
  recorder.add({ type: 'removed', data: { at: moment(2 * third), target: 'late' } });
  session.run(samples.slice(2 * third), recorder);
  recorder.close();
  const { source } = await (await LookerOn.at(file)).paused();
  const at = (index: number) => {
    source.seek(moment(index));
    return source.info().targets.map(({ target }) => target);
  };
  assert.ok(source.overview.places.some(({ changes }) => changes === 1));
  assert.ok(source.overview.places.some(({ changes }) => changes === 2));
  assert.equal(at(samples.length - 1), ['a', 'b']);
  assert.equal(at(Math.floor(1.9 * third)), ['a', 'b', 'late']);
  assert.equal(at(Math.floor(0.5 * third)), ['a', 'b']);
  assert.equal(at(Math.floor(2.9 * third)), ['a', 'b']);
  assert.equal(at(third + 10), ['a', 'b', 'late']);
  await source.stop();
});

test.run();
