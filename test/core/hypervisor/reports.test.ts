import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { MigrationEvent } from '../../../src/core/event.js';
import { isPassed } from '../../../src/core/maintenance/checklist.js';
import { Maintenance } from '../../../src/core/maintenance/maintenance.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import type { Millis, Outcome, Sample } from '../../../src/core/sample.js';
import type { Step } from '../../../src/core/step.js';
import type { Json } from '../../../src/core/validation/saved-state.js';
import { Bell } from '../../../src/session/alerts/bell.js';
import { inOrder, START } from '../../support/scenario.js';
import { migrationOf } from '../../support/synthetic.js';
import { type Happening, witnessed } from '../../support/witnessed.js';

const test = suite('reports of hypervisors beside the judge');

/** The scenario's own time begins after a minute of quiet. */
const ORIGIN = START + 60_000;
const HOLD = 30_000;
const HOST = 'qmp:/run/a.qmp';
const OFFSET = 4000;
const MOVE: Happening[] = [{ what: 'migration', from: 3000, to: 3350, announced: true }];
const PAUSE: Happening[] = [{ what: 'pause', from: 3000, to: 3400 }];

const report = (at: Millis, seq: number, outcome: Outcome): Sample => ({
  ...{ at: ORIGIN + at, knownAt: ORIGIN + at + 0.5, target: 'vm', probe: 'qmp', seq, outcome },
});
const domain = (status: string, more: object = {}): Outcome => ({
  ...{ kind: 'domain', host: HOST, link: 'up', status },
  ...more,
});
const down: Outcome = { kind: 'domain', host: HOST, link: 'down', status: '', trouble: 'ECONNRESET' };
const job = (status: 'active' | 'completed', more: object = {}): Outcome => ({
  ...{ kind: 'job', host: HOST, direction: 'outgoing', status },
  ...more,
});
/** An answer every two seconds, from before the scenario to its end. */
const steady = (status = 'running', until: Millis = 20_000): [Millis, Outcome][] =>
  Array.from({ length: (until + 10_000) / 2000 }, (_, index) => [index * 2000 - 10_000, domain(status)]);
const RESULT = {
  ...{ 'total-time': 4100, 'setup-time': 3, downtime: 38, transferred: 312_000_000 },
  ...{ 'dirty-sync-count': 5, transport: 'clear' },
};
const STOP = { event: 'STOP', eventAt: ORIGIN + 3001 + OFFSET, offsetMs: OFFSET, errorMs: 2 };
const REPORTED: [Millis, Outcome][] = [
  [-700, job('active', { 'total-time': 100, remaining: 5, total: 9 })],
  [3001, domain('paused', STOP)],
  [3400, job('completed', RESULT)],
  [3401, domain('postmigrate')],
];

interface Run {
  happenings?: Happening[];
  seconds?: number;
  expected?: boolean;
  pipeline?: Pipeline;
}

function run(
  reports: [Millis, Outcome][],
  { happenings = MOVE, seconds = 10, expected, pipeline }: Run = {},
) {
  const samples = inOrder(
    witnessed(happenings, { seconds, audible: true }),
    reports.map(([at, outcome], seq) => report(at, seq, outcome)),
  );
  const judge = pipeline ?? new Pipeline(defaultChoices(), { holdMs: HOLD });
  if (expected) judge.maintenance.expect({ targets: ['vm'] });
  const steps = samples.map(sample => judge.step(sample));
  return { steps, ...seenIn(steps) };
}

function seenIn(steps: readonly Step[]) {
  const events = new Map<string, MigrationEvent>();
  for (const event of steps.flatMap(step => step.events)) events.set(event.id, event);
  return { events: [...events.values()], lights: steps.flatMap(step => step.lights) };
}
const words = ({ evidence }: MigrationEvent) =>
  evidence.filter(({ witness }) => witness === 'hypervisor').map(({ summary }) => summary);

test('a reported migration says so, with the figures of both sides', () => {
  const { events } = run([...steady('running', 2000), ...REPORTED]);
  assert.is(events.length, 1);
  const { kind, reported, freezeMs, stuntimeMs } = events[0]!;
  assert.is(kind, 'migration');
  assert.equal(reported, {
    ...{ state: 'reported', host: HOST, status: 'completed', totalMs: 4100, setupMs: 3, downtimeMs: 38 },
    ...{ transferred: 312_000_000, iterations: 5, transport: 'clear' },
    ...{ stopAt: ORIGIN + 3001, stopErrorMs: 2 },
  });
  const seen = `guest stood still ${Math.round(freezeMs!)} ms · unreachable ${Math.round(stuntimeMs!)} ms`;
  assert.equal(words(events[0]!), [`reported 38 ms · ${seen} · 312 MB in 4.1 s, 5 iterations, in clear`]);
});

test('what was reported stays, however many migrations are reported within the next minute', () => {
  const second = { host: 'libvirt:qemu:///system' };
  const both: [Millis, Outcome][] = [
    [-800, job('active', second)],
    ...REPORTED,
    [3450, job('completed', { ...RESULT, ...second, downtime: 51 })],
  ];
  const later = Array.from({ length: 31 }, (_, index): [Millis, Outcome] => [
    5000 + 1000 * index,
    job('completed', { 'total-time': 20, downtime: 5 }),
  ]);
  const { events } = run([...steady('running', 2000), ...both, ...later], { seconds: 40 });
  assert.is(events.length, 1);
  assert.equal([events[0]!.reported?.host, events[0]!.reported?.downtimeMs], [second.host, 51]);
});

test('what is judged is the same with and without reports', () => {
  const without = run([]).events.map(({ reported, evidence, ...event }) => event);
  const plain = (reports: [Millis, Outcome][]) =>
    run(reports).events.map(({ reported, evidence, ...event }) => event);
  assert.equal(plain([...steady('running', 2000), ...REPORTED]), without);
  assert.equal(plain(steady()), without);
});

test('silence of a connection that was up is red, even if the move is expected', () => {
  const { events, lights } = run(steady(), { expected: true });
  const [event] = events;
  assert.equal(event!.reported, { state: 'unreported', host: HOST });
  assert.is(event!.expected, false);
  assert.is(event!.red, true);
  assert.is(event!.evidence[0]!.summary, 'not reported by the hypervisor');
  const last = lights.at(-1)!;
  assert.equal([last.light, last.why], ['red', 'not reported by the hypervisor']);
});

test('an expected move that was not reported has a state of its own, leaves its mark free, and rings the bell once', () => {
  const bell = new Bell(true, () => false);
  const pipeline = new Pipeline(defaultChoices(), { holdMs: HOLD });
  const { steps } = run(steady(), { expected: true, pipeline });
  const rung = steps.flatMap(({ events, sample }) => {
    for (const event of events) bell.take(event);
    return bell.ring(sample.knownAt) ? [sample.knownAt - ORIGIN] : [];
  });
  assert.is(rung.length, 1, 'while it was expected, it did not ring');
  assert.ok(rung[0]! > 3350, `${rung[0]}`);
  const { items, moved, unreported } = pipeline.maintenance.checklist()!;
  assert.equal([moved, unreported], [0, 1]);
  assert.is(items[0]!.state, 'unreported');
  assert.is(items[0]!.moves[0]!.expected, false);
  assert.not.ok(isPassed(pipeline.maintenance.checklist(true)!));
  assert.ok(pipeline.maintenance.expects('vm', 'another move'));
});

test('a move whose report comes late is ticked off after all', () => {
  const maintenance = new Maintenance();
  maintenance.expect({ targets: ['vm'] });
  const silent = { ...migrationOf('vm'), reported: { state: 'unreported' as const, host: HOST } };
  const late = { ...silent, reported: { state: 'reported' as const, host: HOST } };
  assert.equal(
    [silent, silent, late, late].map(event => maintenance.note([event])[0]!.expected),
    [false, false, true, true],
  );
  assert.is(maintenance.checklist()!.items[0]!.state, 'moved');
  const again = new Maintenance();
  again.load(JSON.parse(JSON.stringify(maintenance.save())));
  assert.equal(again.checklist(), maintenance.checklist());
});

test('an expected move that is reported is not held red', () => {
  const { events, lights } = run([...steady('running', 2000), ...REPORTED], { expected: true });
  assert.is(events[0]!.expected, true);
  assert.is(lights.at(-1)!.light, 'green');
});

test('the light goes back to the judge’s after the hold', () => {
  const { lights } = run(steady('running', 60_000), { seconds: 60, expected: true });
  const red = lights.findLast(({ light }) => light === 'red')!;
  assert.is(lights.at(-1)!.light, 'green');
  const heldMs = lights.at(-1)!.at - red.at;
  assert.ok(heldMs >= HOLD && heldMs < HOLD + 100, `held for ${heldMs} ms`);
});

test('what was decided stays when the connection breaks and comes back', () => {
  const later: [Millis, Outcome][] = [
    [8000, down],
    [9000, domain('running')],
  ];
  const silent = run([...steady('running', 9000), ...later], { seconds: 12 });
  assert.is(silent.events[0]!.reported!.state, 'unreported');
  const again: [Millis, Outcome] = [9500, domain('paused', { ...STOP, eventAt: ORIGIN + 9500 + OFFSET })];
  const moved = run([...steady('running', 2000), ...REPORTED, ...later, again], { seconds: 12 });
  assert.is(moved.events[0]!.reported!.stopAt, ORIGIN + 3001);
});

test('a hypervisor that reports a pause instead is named with what it reports', () => {
  const pause: [Millis, Outcome][] = [
    [3001, domain('paused', STOP)],
    [3400, domain('running', { ...STOP, event: 'RESUME', eventAt: ORIGIN + 3350 + OFFSET })],
  ];
  const { events } = run([...steady(), ...pause]);
  assert.equal(events[0]!.reported, { state: 'unreported', host: HOST, instead: 'STOP, RESUME' });
  assert.equal(words(events[0]!), ['not reported by the hypervisor, which reports STOP, RESUME']);
});

const UNSURE: Record<string, [Millis, Outcome][]> = {
  'was down': [...steady('running', -2000), [-1000, down]],
  'broke during the move': [...steady('running', 2000), [3100, down]],
  'came back after the move began': [
    ...steady('running', -4000),
    [-3000, down],
    [3200, domain('running')],
    ...steady('running').filter(([at]) => at > 3200),
  ],
  'hangs and is never cut': steady('running', 2000),
  'is to a host where the domain does not run': steady('inmigrate'),
};
for (const [name, reports] of Object.entries(UNSURE))
  test(`the silence of a connection that ${name} means nothing`, () => {
    const { events } = run(reports, { seconds: 25 });
    // Nothing comes from a connection that hangs, so the target's next sample of any witness is too late to ask; the
    // report is decided by the next one of a hypervisor.
    const late = name.startsWith('hangs') ? [...reports, [22_000, down] as [Millis, Outcome]] : reports;
    const [event] = late === reports ? events : run(late, { seconds: 25 }).events;
    assert.is(event!.reported?.state, 'unconnected');
    assert.is(event!.expected, undefined);
    assert.match(words(event!)[0]!, 'means nothing');
  });

test('an event that is no migration is not unreported', () => {
  const { events } = run(steady(), { happenings: PAUSE });
  assert.is(events.length, 1);
  assert.is(events[0]!.kind, 'pause');
  assert.not('reported' in events[0]!);
});

test('a migration that is reported at the time of a pause is shown, and the pause stays one', () => {
  const { events } = run([...steady('running', 2000), ...REPORTED], { happenings: PAUSE });
  assert.is(events[0]!.kind, 'pause');
  assert.is(events[0]!.reported!.state, 'reported');
});

test('clocks that may be further apart than the stop is long give no length of the stop', () => {
  const resume = (errorMs: Millis): [Millis, Outcome] => [
    3352,
    {
      ...domain('running'),
      host: 'qmp:/run/b.qmp',
      event: 'RESUME',
      eventAt: ORIGIN + 3350 + 9,
      offsetMs: 9,
      errorMs,
    } as Outcome,
  ];
  const lines = (errorMs: Millis) =>
    words(run([...steady('running', 2000), ...REPORTED, resume(errorMs)]).events[0]!)[0]!;
  assert.match(lines(3), 'STOP to RESUME 349 ms ± 5 ms');
  assert.not.match(lines(400), 'STOP to RESUME');
});

test('state that is saved and loaded in the middle goes on as before', () => {
  const reports = steady();
  const whole = run(reports);
  const samples = whole.steps.map(({ sample }) => sample);
  for (const at of [2900, 3300, 4500, 6000]) {
    const cut = samples.findIndex(({ knownAt }) => knownAt > ORIGIN + at);
    const first = new Pipeline(defaultChoices(), { holdMs: HOLD });
    for (const sample of samples.slice(0, cut)) first.step(sample);
    const copy = (saved: Json) => JSON.parse(JSON.stringify(saved)) as Json;
    const second = new Pipeline(defaultChoices(), { holdMs: HOLD });
    second.load(copy(first.save()));
    second.loadTarget('vm', copy(first.saveTarget('vm')));
    const steps = samples.slice(cut).map(sample => second.step(sample));
    assert.equal(
      steps.flatMap(step => step.events),
      whole.steps.slice(cut).flatMap(step => step.events),
      `${at}`,
    );
    assert.equal(
      steps.flatMap(step => step.lights),
      whole.steps.slice(cut).flatMap(step => step.lights),
      `${at}`,
    );
  }
});

test('state without reports, as older releases saved it, loads', () => {
  const { steps } = run([]);
  const old = new Pipeline(defaultChoices(), { holdMs: HOLD });
  for (const { sample } of steps.slice(0, 100)) old.step(sample);
  const { hypervisor, ...saved } = old.saveTarget('vm') as Record<string, Json>;
  assert.is(hypervisor, undefined);
  new Pipeline(defaultChoices(), { holdMs: HOLD }).loadTarget('vm', saved);
});

test.run();
