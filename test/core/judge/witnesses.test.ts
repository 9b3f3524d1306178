import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { MigrationEvent } from '../../../src/core/event.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import type { Sample } from '../../../src/core/sample.js';
import { inOrder, START } from '../../support/scenario.js';
import { witnessed } from '../../support/witnessed.js';

const ORIGIN = START + 60_000;

function run(samples: readonly Sample[]) {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: 1500 });
  const steps = samples.map(sample => pipeline.step(sample));
  const told = new Map<string, MigrationEvent>(
    steps.flatMap(step => step.events).map(event => [event.id, event]),
  );
  const reds = steps.flatMap(step => step.lights).filter(({ light }) => light === 'red');
  return { events: [...told.values()], redAt: reds.map(({ at }) => at - ORIGIN) };
}

const kinds = (events: readonly MigrationEvent[]) => events.map(({ kind }) => kind);
const AWAY = { from: 1010, to: 1330 };

const test = suite('judge with three witnesses');

test('a gap, a clock that stood still and announcements are a migration, its blackout within 1 ms', () => {
  const { events, redAt } = run(
    witnessed([{ what: 'migration', ...AWAY, announced: true }], { audible: true }),
  );
  assert.equal(kinds(events), ['migration']);
  const [event] = events as [MigrationEvent];
  assert.ok(event.confidence > 0.9);
  assert.ok(Math.abs(event.blackoutMs!.estimate - 320) < 1, JSON.stringify(event.blackoutMs));
  assert.ok(event.blackoutMs!.low <= 320 && event.blackoutMs!.high >= 320);
  assert.match(
    event.evidence.map(({ summary }) => summary).join('; '),
    /guest clock −3(19|20)\.\d ms; 5 RARP/,
  );
  assert.is(redAt.length, 1);
  assert.ok(redAt[0]! < 1330 + 150, `red ${redAt[0]! - 1330} ms after RESUME`);
});

test('a standstill that no echo could see is found by the clock, and red, but it may have been a pause', () => {
  const { events, redAt } = run(witnessed([{ what: 'migration', from: 1003, to: 1021 }]));
  assert.equal(kinds(events), ['unclear']);
  assert.ok(events[0]!.confidence >= 0.5 && events[0]!.confidence < 0.6);
  assert.ok(Math.abs(events[0]!.blackoutMs!.estimate - 18) < 1, JSON.stringify(events[0]!.blackoutMs));
  assert.ok(redAt[0]! < 1021 + 300);
});

test('a gap over which the clock went on is an outage, and never red', () => {
  for (const audible of [true, false]) {
    const { events, redAt } = run(witnessed([{ what: 'cut', ...AWAY }], { audible }));
    assert.equal(kinds(events), ['outage']);
    assert.equal(redAt, []);
  }
});

test('a clock that stood still during a gap is a migration without announcement', () => {
  const { events } = run(witnessed([{ what: 'migration', ...AWAY }]));
  assert.equal(kinds(events), ['migration']);
  assert.ok(Math.abs(events[0]!.blackoutMs!.estimate - 320) < 1);
});

test('requests kept while the clock stood still are a pause, never red', () => {
  const { events, redAt } = run(witnessed([{ what: 'pause', from: 1010, to: 1410 }], { audible: true }));
  assert.equal(kinds(events), ['pause']);
  assert.ok(Math.abs(events[0]!.blackoutMs!.estimate - 400) < 1, JSON.stringify(events[0]!.blackoutMs));
  assert.equal(redAt, []);
});

test('seconds of silence and a changed clock are a reboot', () => {
  const gone = { from: 1010, to: 4010 };
  const { events, redAt } = run(
    witnessed(
      [
        { what: 'cut', ...gone },
        { what: 'jump', from: 4010, byMs: 1400 },
      ],
      { seconds: 8 },
    ),
  );
  assert.equal(kinds(events), ['reboot']);
  assert.equal(redAt, []);
});

test('a clock that jumps back to the last move without a gap is a ghost, one event until it is back', () => {
  const { events, redAt } = run(
    witnessed(
      [
        { what: 'migration', from: 1010, to: 1130 },
        { what: 'jump', from: 9330, byMs: -8200 },
        { what: 'jump', from: 13_330, byMs: 8200 },
      ],
      { seconds: 17 },
    ),
  );
  assert.equal(kinds(events), ['migration', 'ghost']);
  assert.is(redAt.length, 2);
  const { startedAt, endedAt } = events[1]!;
  assert.ok(Math.abs(startedAt - ORIGIN - 9330) < 200 && Math.abs(endedAt! - ORIGIN - 13_330) < 500);
});

test('a clock that is set by hand is said to be set, whichever way, and never red', () => {
  for (const byMs of [700, -700, -8200]) {
    const { events, redAt } = run(witnessed([{ what: 'jump', from: 1010, byMs }]));
    assert.equal(kinds(events), ['clock-set']);
    assert.equal(redAt, []);
  }
});

test('when every guest’s clock steps forward together it was us, and no light is red', () => {
  const jump = { what: 'jump', from: 1010, byMs: 900 } as const;
  const { events, redAt } = run(
    inOrder(...['a', 'b', 'c'].map((target, seed) => witnessed([jump], { target, seed }))),
  );
  assert.ok(kinds(events).every(kind => kind === 'unclear'));
  assert.match(events.at(-1)!.evidence[0]!.summary, /every guest clock stepped forward/);
  assert.equal(redAt, []);
});

test('an announcement alone is unclear: anybody on the segment can send it', () => {
  const quiet = witnessed([], { audible: true });
  const forged: Sample = {
    ...{ at: ORIGIN + 1000, knownAt: ORIGIN + 1000, target: 'vm', probe: 'announce', seq: 1 },
    outcome: { kind: 'announce', via: 'rarp', mac: '52:54:00:12:34:51', gratuitous: true },
  };
  const { events, redAt } = run(inOrder(quiet, [forged]));
  assert.equal(kinds(events), ['unclear']);
  assert.equal(redAt, []);
});

/** Its hypervisor announces it again at the end. */
const ANNOUNCED = { what: 'cut', ...AWAY, announced: true } as const;
const FORGED = { what: 'cut', ...AWAY, forged: true } as const;
const said = ({ evidence }: MigrationEvent) => evidence.map(({ summary }) => summary).join('; ');
const isInterruption = (kind: string) => kind === 'failover' || kind === 'outage';

test('a gap that one forged RARP begins is an interruption where the guest clock went on, and never red', () => {
  for (const to of [1130, 1330, 1810, 4010]) {
    const { events, redAt } = run(witnessed([{ ...FORGED, to }], { audible: true, seconds: 9, seed: to }));
    assert.is(events.length, 1);
    assert.ok(isInterruption(events[0]!.kind), `${to - AWAY.from} ms: ${events.map(said)}`);
    assert.match(said(events[0]!), /announced again, but the guest clock continued/);
    assert.match(said(events[0]!), /corrected at resume.*1 RARP/, 'both sides are named');
    assert.equal(redAt, []);
  }
});

test('the same by the clock of TCP', () => {
  const tcp = witnessed([FORGED], { audible: true }).map(sample =>
    sample.outcome.kind === 'clock'
      ? { ...sample, outcome: { ...sample.outcome, via: 'tcp' as const } }
      : sample,
  );
  const { events, redAt } = run(tcp);
  assert.ok(events.length === 1 && isInterruption(events[0]!.kind));
  assert.equal(redAt, []);
});

test('a failover, announced five times as a hypervisor does, is one where the guest clock went on', () => {
  const { events, redAt } = run(witnessed([{ what: 'cut', ...AWAY, announced: true }], { audible: true }));
  assert.equal(kinds(events), ['failover']);
  assert.match(said(events[0]!), /5 RARP/);
  assert.equal(redAt, []);
});

test('a forged RARP that costs a single echo is not red where the guest clock went on', () => {
  const { events, redAt } = run(witnessed([{ ...FORGED, from: 1040, to: 1060 }], { audible: true }));
  assert.equal(kinds(events), ['unclear']);
  assert.equal(redAt, []);
});

test('an announced gap with a late first reply is a migration where no clock is read, less surely than with one', () => {
  const clocks: Record<string, (sample: Sample) => boolean> = {
    'never read': () => false,
    'not read before': ({ at }) => at > ORIGIN + AWAY.to,
    'silent since': ({ at }) => at < ORIGIN + AWAY.from,
  };
  for (const [name, isRead] of Object.entries(clocks)) {
    const blindTo = (samples: Sample[]) =>
      run(samples.filter(each => each.probe !== 'clock' || isRead(each)));
    const moved = blindTo(witnessed([{ what: 'migration', ...AWAY, announced: true }], { audible: true }));
    assert.equal(kinds(moved.events), ['migration'], name);
    assert.ok(moved.events[0]!.confidence > 0.6 && moved.events[0]!.confidence < 0.96, name);
    assert.match(said(moved.events[0]!), /no clock confirms it: frames can be forged/);
    assert.is(moved.redAt.length, 1, name);
    const failedOver = blindTo(witnessed([ANNOUNCED], { audible: true }));
    assert.equal(kinds(failedOver.events), ['unclear'], `${name}: a failover looks the same`);
    assert.match(said(failedOver.events[0]!), /a failover or a migration, no clock decides/);
    assert.equal(failedOver.redAt, [], name);
  }
});

test('announced first and silent from then on is no migration even where no clock is read: a hypervisor announces a VM that runs', () => {
  const samples = witnessed([FORGED], { audible: true, clock: false });
  const { events, redAt } = run(samples);
  assert.is(kinds(events).includes('migration'), false);
  assert.equal(redAt, []);
});

test('a clock that is read too roughly to rule a blackout out contradicts nothing', () => {
  let delayed = 0;
  const rough = witnessed([ANNOUNCED], { audible: true }).map((sample): Sample => {
    const { outcome, at, knownAt } = sample;
    if (outcome.kind !== 'clock') return sample;
    // A busy guest: any part of the delay may be on the way there.
    const delayMs = at > ORIGIN + AWAY.to ? 90 + 13 * (delayed++ % 5) : 0;
    const late = { ...outcome, rttMs: outcome.rttMs + delayMs, offsetMs: outcome.offsetMs - delayMs / 4 };
    return { ...sample, knownAt: knownAt + delayMs, outcome: late };
  });
  const { events } = run(inOrder(rough));
  assert.equal(kinds(events), ['unclear']);
  assert.match(said(events[0]!), /no clock decides/);
});

test('a short standstill in a long announced gap is a migration whose network came back late', () => {
  const { events } = run(
    witnessed(
      [
        { what: 'migration', from: 1012, to: 1021, announced: true },
        { what: 'cut', from: 1021, to: 1710 },
      ],
      { audible: true },
    ),
  );
  assert.equal(kinds(events), ['migration']);
  assert.ok(events[0]!.confidence > 0.9);
  assert.ok(Math.abs(events[0]!.blackoutMs!.estimate - 9) < 1, JSON.stringify(events[0]!.blackoutMs));
});

test('a standstill and a longer gap soon after it, during which the clock ran on, are a migration and an outage', () => {
  const { events } = run(
    witnessed(
      [
        { what: 'migration', from: 1010, to: 1070, announced: true },
        { what: 'cut', from: 1310, to: 1710 },
      ],
      { audible: true },
    ),
  );
  assert.equal(kinds(events), ['migration', 'outage']);
  assert.ok(Math.abs(events[0]!.blackoutMs!.estimate - 60) < 1, JSON.stringify(events[0]!.blackoutMs));
  assert.ok(
    Math.abs(events[1]!.startedAt - ORIGIN - 1310) < 55,
    'the rest of its announcements belong to the move',
  );
});

test('a clock that is asked once a second after a long gap still has the last word', () => {
  const away = { from: 1010, to: 6010 };
  const late = (samples: readonly Sample[]) =>
    samples.filter(({ probe, at }) => probe !== 'clock' || at < ORIGIN + 1010 || at > ORIGIN + 7180);
  const moved = run(late(witnessed([{ what: 'migration', ...away, announced: true }], { seconds: 12 })));
  assert.equal(kinds(moved.events), ['migration']);
  assert.ok(Math.abs(moved.events[0]!.blackoutMs!.estimate - 5000) < 1.5);
  const stolen = run(late(witnessed([{ ...FORGED, ...away }], { seconds: 12 })));
  assert.ok(stolen.events.length === 1 && isInterruption(stolen.events[0]!.kind));
  assert.equal(stolen.redAt, []);
});

test('an event ends even if its gap does not, because probes are numbered again and no clock was read since', () => {
  const samples = witnessed([FORGED], { audible: true, seconds: 12 }).flatMap(sample => {
    if (sample.at < ORIGIN + AWAY.to) return [sample];
    return sample.probe === 'clock' ? [] : [{ ...sample, seq: sample.seq - 1000 }];
  });
  const { events } = run(samples);
  assert.ok(events.length > 0);
  for (const { state } of events) assert.is(state, 'closed');
});

test('a clock that is corrected at resume hides a migration, and the event says so', () => {
  const corrected = { what: 'jump', from: AWAY.to, byMs: AWAY.to - AWAY.from } as const;
  const { events } = run(
    witnessed([{ what: 'migration', ...AWAY, announced: true }, corrected], { audible: true }),
  );
  assert.equal(kinds(events), ['failover']);
  assert.match(said(events[0]!), /as would one that is corrected at resume/);
});

test('a migration of one target is distinguished from an outage of all', () => {
  const cut = { what: 'cut', ...AWAY } as const;
  const { events, redAt } = run(
    inOrder(
      witnessed([{ what: 'migration', ...AWAY, announced: true }], { target: 'a', audible: true }),
      witnessed([cut], { target: 'b', seed: 2 }),
      witnessed([cut], { target: 'c', seed: 3 }),
    ),
  );
  assert.equal(events.map(({ target, kind }) => [target, kind]).sort(), [
    ['a', 'migration'],
    ['b', 'outage'],
    ['c', 'outage'],
  ]);
  assert.is(redAt.length, 1);
});

test('a quiet hour of three witnesses says nothing', () => {
  assert.is(run(witnessed([], { seconds: 3600, audible: true })).events.length, 0);
});

test.run();
