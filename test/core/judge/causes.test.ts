/** Situations that a single strong sign misjudges, each with what speaks against that sign. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { MigrationEvent } from '../../../src/core/event.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import { type Millis, type Sample, toMicros } from '../../../src/core/sample.js';
import { inOrder, MINUTE, START, scenario } from '../../support/scenario.js';
import { type Happening, witnessed } from '../../support/witnessed.js';

const ORIGIN = START + 60_000;
const VM = '52:54:00:12:34:51';
const OTHER = '52:54:00:aa:bb:cc';

function run(samples: readonly Sample[]) {
  const pipeline = new Pipeline(defaultChoices(), { holdMs: 1500 });
  const steps = samples.map(sample => pipeline.step(sample));
  const last = new Map(steps.flatMap(step => step.events).map(event => [event.id, event]));
  const lights = steps.flatMap(step => step.lights);
  return { events: [...last.values()], reds: lights.filter(({ light }) => light === 'red'), lights };
}

const judged = (happenings: readonly Happening[], settings = {}) =>
  run(witnessed(happenings, { audible: true, seconds: 9, ...settings }));
const kinds = (events: readonly MigrationEvent[]) => events.map(({ kind }) => kind);
const words = (evidence: MigrationEvent['evidence'] = []) =>
  evidence.map(({ summary }) => summary).join('; ');

const test = suite('causes');

test('a link that fails over and is announced is a failover by every clock, never red', () => {
  for (const length of [250, 700, 1500, 2500])
    for (const tcp of [false, true]) {
      const cut = { what: 'cut', from: 1010, to: 1010 + length, announced: true } as const;
      const { events, reds } = judged([cut], { tcp, seed: length });
      assert.equal(kinds(events), ['failover'], `${length} ms`);
      assert.equal(reds, []);
      assert.is(events[0]!.freezeMs, undefined);
      assert.ok(Math.abs(events[0]!.unreachableMs! - length) < 55, `${events[0]!.unreachableMs}`);
    }
});

test('a pause on a far path is a pause, also when the path loses one of the queued echoes', () => {
  const paused = witnessed([{ what: 'pause', from: 1010, to: 1750 }], { audible: true, seconds: 9 });
  const far = paused.map((sample): Sample => {
    const { outcome, knownAt } = sample;
    if (outcome.kind !== 'reply') return sample;
    return { ...sample, knownAt: knownAt + 21, outcome: { ...outcome, rttMs: outcome.rttMs + 21 } };
  });
  const queued = far.filter(({ outcome }) => outcome.kind === 'reply' && outcome.rttMs > 300);
  assert.ok(queued.length > 6);
  const dropped = queued[4]!;
  const lossy = far.map((sample): Sample => {
    if (sample !== dropped) return sample;
    return { ...sample, knownAt: sample.at + 1000, outcome: { kind: 'lost', reason: 'timeout' } };
  });
  for (const samples of [far, lossy]) assert.equal(kinds(run(inOrder(samples)).events), ['pause']);
});

test('a guest that stops answering soon after its migration has two events', () => {
  for (const after of [400, 800, 1200]) {
    const { events } = judged(
      [
        { what: 'migration', from: 1010, to: 1130 },
        { what: 'cut', from: 1130 + after, to: 60_000 },
      ],
      { seconds: 12, seed: after },
    );
    assert.equal(kinds(events), ['migration', 'outage'], `silent after ${after} ms`);
    assert.equal(
      events.map(({ state }) => state),
      ['closed', 'open'],
    );
    assert.ok(Math.abs(events[0]!.freezeMs! - 120) < 1);
    assert.ok(
      Math.abs(events[1]!.startedAt - ORIGIN - 1130 - after) < 55,
      `${events[1]!.startedAt - ORIGIN}`,
    );
  }
});

test('a guest whose network returns late is a migration, with its standstill and its absence apart', () => {
  for (const back of [1500, 3000, 6000, 15_000])
    for (const freeze of [24, 280]) {
      const { events, reds } = judged(
        [
          { what: 'migration', from: 1010, to: 1010 + freeze },
          { what: 'cut', from: 1010 + freeze, to: 1010 + freeze + back },
        ],
        { seconds: 22, seed: back + freeze },
      );
      assert.equal(kinds(events), ['migration'], `back after ${back} ms`);
      const [event] = events as [MigrationEvent];
      assert.ok(Math.abs(event.freezeMs! - freeze) < 1 && Math.abs(event.blackoutMs!.estimate - freeze) < 1);
      assert.ok(Math.abs(event.unreachableMs! - freeze - back) < 55);
      assert.match(words(event.evidence), /more than one standstill is possible: \d+ ms is their sum/);
      if (back > 3000) assert.ok(event.confidence < 0.95, 'a boot may leave the same clock');
      assert.ok(reds.length > 0);
    }
});

test('a second clock tells a boot from a network that returns late', () => {
  const boot = { what: 'boot', from: 1010, to: 7010, byMs: -280 } as const;
  const { events, reds } = judged([boot], { tcp: true, seconds: 14 });
  assert.equal(kinds(events), ['reboot']);
  assert.equal(reds, []);
  const late = judged(
    [
      { what: 'migration', from: 1010, to: 1290 },
      { what: 'cut', from: 1290, to: 7010 },
    ],
    { tcp: true, seconds: 14 },
  );
  assert.equal(kinds(late.events), ['migration']);
  assert.match(words(late.events[0]!.evidence), /a second, monotonic clock agrees/);
  assert.ok(late.events[0]!.confidence > 0.95);
});

test('two standstills in one gap are named as a sum', () => {
  const { events } = judged(
    [
      { what: 'migration', from: 1010, to: 1110 },
      { what: 'cut', from: 1110, to: 3010 },
      { what: 'migration', from: 3010, to: 3160 },
      { what: 'cut', from: 3160, to: 4010 },
    ],
    { seconds: 12 },
  );
  assert.equal(kinds(events), ['migration']);
  assert.ok(Math.abs(events[0]!.freezeMs! - 250) < 1);
  assert.match(words(events[0]!.evidence), /more than one standstill is possible: 250 ms is their sum/);
});

test('one forged RARP is no migration by the clock, and far from certain without one', () => {
  const stolen = { what: 'cut', from: 1010, to: 1310, announced: true, forged: true } as const;
  const { events, reds } = judged([stolen]);
  assert.ok(['failover', 'outage'].includes(events[0]!.kind));
  assert.equal(reds, []);
  const blind = judged([stolen], { clock: false });
  assert.ok(blind.events[0]!.confidence <= 0.7, String(blind.events[0]!.confidence));
});

test('a wall clock that is set without a gap is said to be set, and a second clock makes that certain', () => {
  for (const byMs of [-60_000, -3000, -1000, 1000, 5000]) {
    const jump = { what: 'jump', from: 2010, byMs } as const;
    const one = judged([jump]);
    const two = judged([jump], { tcp: true });
    for (const { events, reds } of [one, two]) {
      assert.equal(kinds(events), ['clock-set'], `${byMs} ms`);
      assert.equal(reds, []);
      assert.is(events[0]!.blackoutMs, undefined);
    }
    assert.ok(two.events[0]!.confidence >= one.events[0]!.confidence);
    assert.match(words(two.events[0]!.evidence), /wall clock set by/);
  }
});

test('two clocks that jump back together are a ghost', () => {
  const { events, reds } = judged([{ what: 'ghost', from: 1010, to: 6010, ageMs: 12_600 }], {
    tcp: true,
    seconds: 12,
  });
  assert.is(events[0]!.kind, 'ghost');
  assert.ok(events[0]!.confidence > 0.9);
  assert.ok(reds.length > 0);
});

test('a clock that jumps back while probes are answered twice is a ghost', () => {
  const samples = witnessed([{ what: 'ghost', from: 1010, to: 6010, ageMs: 12_600 }], { seconds: 12 });
  const twice = samples.flatMap((sample): Sample[] => {
    const isGhost = sample.at > ORIGIN + 1010 && sample.at < ORIGIN + 6010 && sample.seq % 3 === 0;
    if (sample.outcome.kind !== 'reply' || !isGhost) return [sample];
    return [sample, { ...sample, knownAt: sample.knownAt + 1, outcome: { kind: 'duplicate', rttMs: 2 } }];
  });
  assert.is(run(inOrder(twice)).events[0]!.kind, 'ghost');
});

test('a migration whose clock is set soon after keeps its blackout', () => {
  for (const length of [30, 120, 320])
    for (const after of [500, 800]) {
      const [from, to] = [1010, 1010 + length];
      const { events, reds } = judged(
        [
          { what: 'migration', from, to, announced: true },
          { what: 'jump', from: to + after, byMs: length },
        ],
        { seed: length },
      );
      assert.is(events[0]!.kind, 'migration', `${length} ms, set ${after} ms later`);
      assert.ok(
        Math.abs(events[0]!.blackoutMs!.estimate - length) < 1,
        `${length} ms: ${events[0]!.blackoutMs!.estimate}`,
      );
      assert.not(kinds(events).includes('ghost'));
      assert.ok(reds.length > 0);
    }
});

test('eight migrations 1.4 s apart are eight events, each with its blackout', () => {
  for (const announced of [true, false]) {
    const moves = Array.from({ length: 8 }, (_, index) => {
      const from = 1010 + index * 1400;
      return { what: 'migration', from, to: from + 60 + 20 * index, announced } as const;
    });
    const { events } = judged(moves, { seconds: 16, audible: announced });
    assert.is(events.length, 8);
    for (const [index, event] of events.entries()) {
      assert.ok(event.red && event.state === 'closed', event.kind);
      const error = event.blackoutMs!.estimate - (60 + 20 * index);
      assert.ok(Math.abs(error) < 1, `${index}: ${event.blackoutMs!.estimate}`);
    }
  }
});

test('a guest that stands still for 100 ms behind a router, unannounced, is red and unclear, or a pause', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const pause = { what: 'pause', from: 1000 + 13 * seed, to: 1100 + 13 * seed } as const;
    const { events } = judged([pause], { audible: false, seed });
    assert.ok(['unclear', 'pause'].includes(events[0]!.kind), events[0]!.kind);
    assert.ok(events[0]!.kind === 'pause' || events[0]!.confidence <= 0.6);
  }
});

function frame(at: Millis, mac: string, gratuitous = true): Sample {
  return {
    ...{ at: ORIGIN + at, knownAt: ORIGIN + at, target: 'vm', probe: 'announce', seq: Math.round(at) },
    outcome: { kind: 'announce', via: 'arp', mac, gratuitous },
  };
}

test('an address that another machine takes is a takeover, with both hardware addresses', () => {
  const samples = witnessed([], { audible: true });
  const { events, reds } = run(inOrder(samples, [frame(1000, OTHER)]));
  assert.equal(kinds(events), ['takeover']);
  assert.ok(words(events[0]!.evidence).includes(`the address moved from ${VM} to ${OTHER}`));
  assert.equal(reds, []);
});

test('an address that several machines claim is a conflict', () => {
  const frames = [1000, 1100, 1500, 1600].map((at, index) => frame(at, index % 2 ? VM : OTHER, false));
  const { events } = run(inOrder(witnessed([], { audible: true }), frames));
  assert.equal(kinds(events), ['takeover']);
  assert.match(words(events[0]!.evidence), /address conflict: .* both claim it/);
});

/** Another machine has the address from one moment to another: its wall clock answers, and nothing else of the guest. */
function takenOver(from: Millis, to: Millis, byMs: Millis, settings = {}): Sample[] {
  const jumps = [
    { what: 'jump', from, byMs },
    { what: 'jump', from: to, byMs: -byMs },
  ] as const;
  const lost = [from, to].map(at => ({ what: 'cut', from: at - 60, to: at + 60 }) as const);
  const samples = witnessed([...jumps, ...lost], { seconds: 16, ...settings });
  const isAway = ({ at }: Sample) => at > ORIGIN + from && at < ORIGIN + to;
  return samples.filter(sample => sample.probe !== 'tcp-clock' || !isAway(sample));
}

test('a second clock that is not read any more as the first one jumps shows another machine', () => {
  for (const byMs of [613, -507, 44_000]) {
    const { events, reds } = run(takenOver(1010, 7010, byMs, { tcp: true }));
    assert.is(events[0]!.kind, 'takeover', `${byMs} ms: ${words(events[0]!.evidence)}`);
    assert.match(words(events[0]!.evidence), /no second clock was read on one side of the jump/);
    assert.equal(reds, []);
  }
});

test('without announcements and a second clock, a jump to another clock and back is no standstill', () => {
  const { events, reds } = run(takenOver(1010, 7010, 613));
  assert.equal(
    kinds(events).filter(kind => kind === 'migration' || kind === 'reboot'),
    [],
  );
  assert.match(words(events.at(-1)!.evidence), /back on the course that it left for another/);
  assert.is(events.at(-1)!.kind, 'takeover');
  assert.equal(reds, []);
});

test('a clock that jumps while nothing else changes is set, with the doubt in words', () => {
  const { events } = judged([{ what: 'jump', from: 2010, byMs: 613 }]);
  assert.match(words(events[0]!.evidence), /without a second clock, another machine may answer as well/);
});

test('a clock that jumps as the round trips change their pace is another machine’s', () => {
  const samples = witnessed([{ what: 'jump', from: 1010, byMs: 613 }], { seconds: 9 }).map(sample => {
    const { outcome } = sample;
    if (outcome.kind !== 'reply' || sample.at < ORIGIN + 1010) return sample;
    const rttMs = toMicros(outcome.rttMs / 20);
    return { ...sample, knownAt: toMicros(sample.at + rttMs), outcome: { ...outcome, rttMs } };
  });
  const { events } = run(inOrder(samples));
  assert.is(events[0]!.kind, 'takeover', words(events[0]!.evidence));
});

test('the first seconds of unusual round trips are green', () => {
  for (const seed of [1, 2, 3]) {
    const { events, lights } = run(
      scenario(`ss.sss${'.'.repeat(60)}sss..s.ss${'.'.repeat(300)}`, { leadIn: 40, seed }),
    );
    assert.equal(kinds(events), []);
    assert.equal(
      lights.map(({ light }) => light),
      ['green'],
    );
  }
});

test('a gap in the first seconds is reported', () => {
  const { events } = run(scenario(`xxxxxxx${'.'.repeat(80)}`, { leadIn: 100 }));
  assert.is(events.length, 1);
});

/** The round trips move from one level to another after the lead-in. */
function moved(fromMs: Millis, toMs: Millis): Sample[] {
  return changed(fromMs, rttMs => (rttMs * toMs) / fromMs);
}

/** The round trips are others after the lead-in. */
function changed(fromMs: Millis, change: (rttMs: Millis) => Millis): Sample[] {
  return scenario('.'.repeat(400), { leadIn: MINUTE, rttMs: fromMs, seed: 5 }).map(sample => {
    const { outcome } = sample;
    if (outcome.kind !== 'reply' || sample.at < ORIGIN) return sample;
    const rttMs = toMicros(change(outcome.rttMs));
    return { ...sample, knownAt: toMicros(sample.at + rttMs), outcome: { ...outcome, rttMs } };
  });
}

test('round trips that move for good are a path change, with both levels', () => {
  const LEVELS: readonly [Millis, Millis][] = [
    [8.1, 38],
    [1, 26],
    [20, 3],
  ];
  for (const [from, to] of LEVELS) {
    const { events, reds } = run(inOrder(moved(from, to)));
    const found = words(events[0]?.evidence);
    assert.equal(kinds(events), ['path-change'], `${from} to ${to} ms: ${found}`);
    const [, ...levels] = /path change: ([\d.]+) → ([\d.]+) ms/.exec(found)!.map(Number);
    for (const [index, level] of [from, to].entries())
      assert.ok(Math.abs(levels[index]! / level - 1) < 0.1, found);
    assert.equal(reds, []);
  }
});

test('a level that moves by less than an outlier is a path change too, once it has lasted five seconds', () => {
  const { events, reds } = run(inOrder(changed(20, rttMs => rttMs + 8)));
  assert.equal(kinds(events), ['path-change'], words(events[0]?.evidence));
  assert.ok(Math.abs(events[0]!.startedAt - ORIGIN) < 1500, `began at ${events[0]!.startedAt - ORIGIN}`);
  assert.ok(events[0]!.detectedAt - ORIGIN < 10_000);
  assert.equal(reds, []);
});

test('what contradicts the verdict is listed against it', () => {
  const { events } = judged([{ what: 'cut', from: 1010, to: 1310, announced: true }]);
  const migration = judged([{ what: 'migration', from: 1010, to: 1310 }]);
  assert.match(words(migration.events[0]!.against), /nothing was announced/);
  assert.is(events[0]!.against, undefined, 'a failover is announced and the clock goes on');
});

test('a long gap after which nothing is announced has no name where no clock is read: a boot leaves the same', () => {
  const eventsOf = (happening: Happening) => judged([happening], { clock: false }).events;
  for (const happening of [
    { what: 'cut', from: 1010, to: 3510 },
    { what: 'boot', from: 1010, to: 4510, byMs: 300 },
  ] as const) {
    const [event] = eventsOf(happening);
    assert.equal([event!.kind, event!.red], ['unclear', false], happening.what);
  }
  assert.equal(kinds(eventsOf({ what: 'cut', from: 1010, to: 1510 })), ['outage']);
  assert.equal(kinds(judged([{ what: 'cut', from: 1010, to: 3510 }]).events), ['outage'], 'a clock decides');
});

test('a pause in which the path lost one of the queued echoes is a pause', () => {
  for (const length of [500, 734]) {
    const samples = witnessed([{ what: 'pause', from: 1010, to: 1010 + length }], { seconds: 9 });
    const queued = samples.filter(({ outcome }) => outcome.kind === 'reply' && outcome.rttMs > 100);
    const lostOne = samples.map((sample): Sample => {
      if (sample !== queued[3]) return sample;
      return { ...sample, knownAt: sample.at + 1000, outcome: { kind: 'lost', reason: 'timeout' } };
    });
    const { events } = run(inOrder(lostOne));
    assert.equal(kinds(events), ['pause'], `${length} ms: ${words(events[0]?.evidence)}`);
    assert.not.match(words(events[0]!.evidence), /about one probe interval/);
  }
});

test('a gap with one announcement and a late first reply is red, and not confirmed: a failover announces once', () => {
  const cut = { what: 'cut', from: 1010, to: 1470, announced: true } as const;
  const samples = witnessed([cut], { clock: false, audible: true, seconds: 9 });
  const frames = samples.filter(({ probe, at }) => probe === 'announce' && at > ORIGIN + 1000);
  const back = samples.find(({ outcome, at }) => outcome.kind === 'reply' && at >= ORIGIN + 1470)!;
  const late = samples
    .filter(sample => !frames.slice(1).includes(sample))
    .map((sample): Sample => {
      if (sample !== back || sample.outcome.kind !== 'reply') return sample;
      const rttMs = sample.outcome.rttMs + 20;
      return { ...sample, knownAt: sample.knownAt + 20, outcome: { ...sample.outcome, rttMs } };
    });
  const { events } = run(inOrder(late));
  assert.equal([events[0]!.kind, events[0]!.red], ['unclear', true], words(events[0]!.evidence));
});

test.run();
