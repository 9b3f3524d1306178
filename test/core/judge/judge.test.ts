import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { LightState, MigrationEvent } from '../../../src/core/event.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import type { Sample } from '../../../src/core/sample.js';
import { inOrder, START, scenario } from '../../support/scenario.js';

const CALM = '.'.repeat(80);

function run(samples: readonly Sample[]) {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: 1500 });
  const steps = samples.map(sample => pipeline.step(sample));
  const told = steps.flatMap(step => step.events);
  const last = new Map<string, MigrationEvent>(told.map(event => [event.id, event]));
  return {
    told,
    events: [...last.values()],
    lights: steps.flatMap(step => step.lights) as LightState[],
  };
}

const colours = (lights: readonly LightState[]) => lights.map(({ light }) => light);
const judged = (track: string) => run(scenario(track + CALM));

const test = suite('judge');

test('a clean gap whose first reply came as usual is one amber event, unclear on echo alone, with the bounds of its edges', () => {
  const { events, lights, told } = judged('xxxxxxx');
  assert.is(events.length, 1);
  const [event] = events as [MigrationEvent];
  assert.is(event.kind, 'unclear');
  assert.ok(event.confidence <= 0.6);
  assert.is(event.state, 'closed');
  // Seven probes at 50 ms: the last good send lies 400 ms before the first good one.
  assert.is(event.blackoutMs!.low, 0);
  assert.ok(Math.abs(event.blackoutMs!.high - 400) < 1);
  assert.ok(Math.abs(event.blackoutMs!.estimate - 350) < 1);
  assert.ok(Math.abs(event.stuntimeMs! - 400) < 2);
  assert.equal(colours(lights), ['green', 'amber', 'amber', 'green']);
  assert.is(told.at(-1), event);
});

test('unreachable is the time without a reply, also where an echo sent before the gap is held and answered after it', () => {
  const [held, backAt] = [1201, START + 1208 * 50 + 12];
  const samples = scenario(`.xxxxxxxl${CALM}`).filter(
    ({ seq, outcome }) => seq !== held || outcome.kind === 'overdue',
  );
  const [reply] = scenario(`.xxxxxxxl${CALM}`).filter(
    ({ seq, outcome }) => seq === held - 1 && outcome.kind === 'reply',
  );
  const at = START + held * 50;
  const answer = { at, knownAt: backAt, outcome: { kind: 'reply', rttMs: backAt - at } } as const;
  const [event] = run(inOrder(samples, [{ ...reply!, seq: held, ...answer }])).events;
  assert.ok(Math.abs(event!.stuntimeMs! - (backAt - reply!.knownAt)) < 2, `${event!.stuntimeMs}`);
});

test('a clean gap with a late first reply, as a move leaves it, is red, and unclear still', () => {
  const { events, lights } = judged('xxxxxxxl');
  assert.equal(
    events.map(({ kind, rule, red }) => [kind, rule, red]),
    [['unclear', 'gap-and-late-reply', true]],
  );
  assert.ok(events[0]!.confidence > 0.6 && events[0]!.confidence < 0.9);
  assert.equal(colours(lights), ['green', 'amber', 'red', 'green']);
});

test('the light is red as soon as the target answers again, and for the hold', () => {
  const { lights } = judged('xxxxxxxl');
  const back = START + 1207 * 50;
  const [, , red, green] = lights as [LightState, LightState, LightState, LightState];
  assert.ok(red.at - back < 60, `red ${red.at - back} ms after the first good send`);
  assert.ok(Math.abs(green.at - back - 1551) < 60);
});

test('requests kept and answered at once are a pause, never red', () => {
  const { events, lights } = judged('pppppppp');
  assert.equal(
    events.map(event => event.kind),
    ['pause'],
  );
  assert.not(colours(lights).includes('red'));
  const { blackoutMs } = events[0]!;
  // The guest stopped at some moment in the interval before the first request that was kept.
  assert.ok(
    Math.abs(blackoutMs!.low - 400) < 1 && Math.abs(blackoutMs!.high - 450) < 1,
    JSON.stringify(blackoutMs),
  );
});

test('a pause longer than the timeout is a pause still', () => {
  const { events, lights } = judged('p'.repeat(50));
  assert.equal(
    events.map(event => event.kind),
    ['pause'],
  );
  assert.not(colours(lights).includes('red'));
});

test('every missing echo of a long outage is counted once', () => {
  for (const missing of [65, 600, 5000]) {
    const { events } = judged('x'.repeat(missing));
    const said = events.map(({ evidence }) => evidence.map(({ summary }) => summary).join('; '));
    assert.match(said.join(), new RegExp(`\\b${missing} echoes in a row unanswered`));
  }
});

test('a pause of 20 seconds whose requests are all answered in the end is a pause', () => {
  const { events } = judged('p'.repeat(400));
  assert.equal(
    events.map(({ kind }) => kind),
    ['pause'],
  );
});

test('a gap within the longer one of another is shared', () => {
  const at = (index: number) => ({ target: `vm${index}`, seed: index, startMs: START + index * 17 });
  const calm = '.'.repeat(90);
  const { events } = run(
    inOrder(
      scenario('x'.repeat(190) + CALM, at(0)),
      scenario(`${calm}xxxxxxxxxx${calm}${CALM}`, at(1)),
      scenario(`${calm}xxxxxxxxxx${calm}${CALM}`, at(2)),
    ),
  );
  for (const { target, evidence } of events.filter(event => event.target !== 'vm0'))
    assert.ok(
      evidence.some(({ summary }) => summary.startsWith('2 of 2 other targets')),
      target,
    );
  assert.is(events.length, 3);
});

/** A hundred targets in the order of a list, of which some are gone for three seconds. */
function crowd(isGone: (index: number) => boolean) {
  const track = (index: number) => (isGone(index) ? 'x'.repeat(60) : '.'.repeat(60)) + CALM;
  return run(
    inOrder(
      ...Array.from({ length: 100 }, (_, index) =>
        scenario(track(index), {
          target: `vm${index}`,
          seed: index,
          leadIn: 100,
          startMs: START + index / 4,
        }),
      ),
    ),
  );
}

test('where very many are gone at once, each is compared with 32 of the others', () => {
  const { events } = crowd(() => true);
  assert.is(events.length, 100);
  for (const { kind, evidence } of events) {
    assert.is(kind, 'outage');
    assert.ok(
      evidence.some(({ summary }) => summary === '32 of 32 other targets compared were disturbed at once'),
      JSON.stringify(evidence),
    );
  }
});

test('a rack that is gone, side by side in the list, is not taken for all of them', () => {
  const { events } = crowd(index => index < 70);
  assert.is(events.length, 70);
  assert.not(events.some(({ kind }) => kind === 'outage'));
});

test('silence for longer than a migration takes is an outage', () => {
  const { events, lights } = judged('x'.repeat(240));
  assert.equal(
    events.map(event => event.kind),
    ['outage'],
  );
  assert.not(colours(lights).includes('red'));
});

test('a gap is amber while it lasts', () => {
  const { lights } = run(scenario('x'.repeat(60)));
  assert.equal(colours(lights), ['green', 'amber']);
});

test('scattered losses are congestion', () => {
  const { events, lights } = judged('xx..xx.x..xxx.xx..x..xx');
  assert.equal(
    events.map(event => event.kind),
    ['congestion'],
  );
  assert.is(colours(lights).at(-2), 'amber');
});

test('two gaps far enough apart are two events, close together they are one', () => {
  assert.is(judged(`xxxxxx${'.'.repeat(400)}xxxxxx`).events.length, 2);
  assert.is(judged(`xxxxxx${'.'.repeat(6)}xxxxxx`).events.length, 1);
});

test('a gap that all of three targets share makes no verdict on any of them', () => {
  const gap = `xxxxxxxx${CALM}`;
  const { events, lights } = run(
    inOrder(
      ...['a', 'b', 'c'].map((target, index) =>
        scenario(gap, { target, startMs: START + index * 17, seed: index }),
      ),
    ),
  );
  assert.equal(
    events.map(event => event.kind),
    ['outage', 'outage', 'outage'],
  );
  assert.not(colours(lights).includes('red'));
});

test('a gap of one among three is its own', () => {
  const calm = { startMs: START + 17 };
  const { events } = run(
    inOrder(
      scenario(`xxxxxxxx${CALM}`, { target: 'a' }),
      scenario(`........${CALM}`, { target: 'b', ...calm, seed: 2 }),
      scenario(`........${CALM}`, { target: 'c', ...calm, seed: 3 }),
    ),
  );
  assert.equal(
    events.map(({ target, rule }) => [target, rule]),
    [['a', 'gap-and-prompt-reply']],
  );
});

test('a simulated target is not evidence about the path of a real one', () => {
  const gap = `xxxxxxxxl${CALM}`;
  const { lights } = run(
    inOrder(scenario(gap), scenario(gap, { target: 'sim:demo', probe: 'sim', seed: 3 })),
  );
  assert.ok(lights.some(({ target, light }) => target === 'vm' && light === 'red'));
});

test('nothing is said of a target when our own probes left late', () => {
  const { events, lights } = judged('xxxxxxL');
  assert.ok(events.every(event => event.kind === 'unclear' && event.confidence < 0.3));
  assert.not(colours(lights).includes('red'));
});

test('probes that could not be sent are no losses', () => {
  const { events, lights } = judged('u'.repeat(20));
  assert.is(events.length, 0);
  assert.equal(colours(lights), ['green', 'amber', 'green']);
});

test('a target that never answered is amber and no event', () => {
  const { events, lights } = run(scenario('x'.repeat(100), { leadIn: 0 }));
  assert.is(events.length, 0);
  assert.equal(
    lights.map(({ light, why }) => [light, why]),
    [['amber', 'has not answered yet']],
  );
});

test('a quiet hour says nothing', () => {
  const { events, lights } = run(scenario('', { leadIn: 72_000 }));
  assert.is(events.length, 0);
  assert.equal(colours(lights), ['green']);
});

test('an event never ends before it starts, and keeps its id', () => {
  const { told } = judged(`xxxx${'.'.repeat(500)}pppppp${'.'.repeat(500)}xx.x.xx..x`);
  for (const { startedAt, endedAt } of told) assert.ok(endedAt === undefined || endedAt >= startedAt);
  const closed = told.filter(event => event.state === 'closed').map(event => event.id);
  assert.equal(closed, [...new Set(closed)]);
});

test.run();
