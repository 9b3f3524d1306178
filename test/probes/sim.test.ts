import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedVm } from '../../probes/sim/model.js';
import { SimulatedPath } from '../../probes/sim/path.js';
import { sim } from '../../probes/sim.js';
import { type Sample, toMicros } from '../../src/core/sample.js';
import { probed } from '../support/probed.js';

const simulated = suite('the simulated VM');

const SETTINGS = {
  ...{ seed: 7, rttMs: 0.9, blackoutMs: 350, firstMs: 6000, everyMs: 45_000, lossPercent: 0 },
  announcements: 5,
};
const INTERVAL = 50;

/** A probe each 50 ms from `from` to `to`, at a slot that no round number favours. */
const ask = (vm: SimulatedVm, from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / INTERVAL) }, (_, i) => {
    const at = from + i * INTERVAL + 13;
    return { at, rtt: vm.rtt(at, Math.floor(at / INTERVAL)) };
  });
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rtts = (probes: { rtt: number | undefined }[]) => probes.flatMap(({ rtt }) => rtt ?? []);

simulated('rests at the RTT it was given, with light noise', () => {
  const calm = rtts(ask(new SimulatedVm({ ...SETTINGS, firstMs: 86_400_000 }), 0, 600_000));
  assert.is(calm.length, 12_000, 'nothing is lost');
  // Log-normal with sigma 0.12: 0.9 ms at the median, 0.9·e^(2.326·0.12) = 1.19 ms at p99, a little more with the tail.
  assert.ok(Math.abs(median(calm) - 0.9) < 0.01, `median ${median(calm)}`);
  const p99 = calm.toSorted((a, b) => a - b)[11_880]!;
  assert.ok(p99 > 1.15 && p99 < 1.3, `p99 ${p99}`);
  assert.ok(Math.max(...calm) < 4.5);
});

simulated('loses exactly what it is sent in the blackout, which comes 10 to 12 s after opening', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const vm = new SimulatedVm({ ...SETTINGS, seed });
    const { stopMs, resumeMs } = vm.migration(0);
    assert.ok(stopMs >= 10_000 && stopMs <= 12_000, `stop at ${stopMs}`);
    assert.ok(Math.abs(resumeMs - stopMs - 350) <= 35, `blackout of ${resumeMs - stopMs}`);
    const lost = ask(vm, 0, 50_000).filter(({ rtt }) => rtt === undefined);
    assert.ok(lost.length >= 6 && lost.length <= 8, `${lost.length} lost`);
    assert.ok(lost.every(({ at }) => at >= stopMs && at < resumeMs));
  }
});

simulated('is slower and unsteady in pre-copy, and its first reply afterwards is late', () => {
  const vm = new SimulatedVm(SETTINGS);
  const { preCopyMs, stopMs, resumeMs } = vm.migration(0);
  const before = rtts(ask(vm, 0, preCopyMs));
  const during = rtts(ask(vm, stopMs - 2000, stopMs));
  assert.ok(median(during) > 1.2 * median(before));
  assert.ok(Math.max(...during) > 1.5 * Math.max(...before));
  const first = vm.rtt(resumeMs, 1)!;
  assert.ok(first >= 7 && first <= 53, `first reply after ${first} ms`);
  assert.ok(rtts(ask(vm, resumeMs + 400, resumeMs + 10_000)).every(rtt => rtt < 5));
});

simulated(
  'lives through a whole day at once: one migration every 45 s, the same whenever it is asked',
  () => {
    const [vm, again] = [new SimulatedVm(SETTINGS), new SimulatedVm(SETTINGS)];
    const day = ask(vm, 0, 86_400_000);
    const gaps = day.filter(({ rtt }, i) => rtt === undefined && day[i - 1]!.rtt !== undefined);
    assert.is(gaps.length, 1920, '(86400 s − 6 s) / 45 s, the last begun 39 s before midnight');
    const backwards = day
      .slice(-1000)
      .toReversed()
      .map(({ at }) => again.rtt(at, Math.floor(at / INTERVAL)));
    assert.equal(
      backwards,
      day
        .slice(-1000)
        .toReversed()
        .map(({ rtt }) => rtt),
    );
  },
);

simulated('background loss is as asked', () => {
  const vm = new SimulatedVm({ ...SETTINGS, firstMs: 86_400_000, lossPercent: 10 });
  const lost = ask(vm, 0, 500_000).filter(({ rtt }) => rtt === undefined).length;
  // 10,000 trials at 10 %: 1000 ± 4·30.
  assert.ok(Math.abs(lost - 1000) < 120, `${lost} of 10000`);
});

simulated('on the real schedule, a blackout shows as overdue, then lost', async () => {
  const { samples } = await probed(sim, {
    until: found => found.filter(({ outcome }) => outcome.kind === 'lost').length >= 3,
    timeoutMs: 200,
    address: 'a',
    options: { first: 0, blackout: 1000, rtt: 1 },
  });
  const kinds = (kind: string) =>
    samples.filter(({ outcome }) => outcome.kind === kind).map(({ seq }) => seq);
  assert.ok(kinds('overdue').length >= 3, 'the blackout began 4 to 6 s after opening');
  assert.ok(kinds('lost').every(seq => kinds('overdue').includes(seq)));
  assert.ok(samples.every(({ outcome }) => outcome.kind !== 'reply' || outcome.ttl === 64));
});

const path = (vm: SimulatedVm, clockMs = 100) =>
  new SimulatedPath('vm', vm, { bornAt: 0, firstSlot: 0, intervalMs: 200, timeoutMs: 1000, clockMs });

const readings = (samples: readonly Sample[]) =>
  samples.flatMap(({ at, outcome }) =>
    outcome.kind === 'clock' ? [{ at, offsetMs: outcome.offsetMs }] : [],
  );

simulated('its clock falls behind by each blackout, and is read with an error below a millisecond', () => {
  const vm = new SimulatedVm(SETTINGS);
  const read = readings(path(vm).advance(96_000));
  const meanOf = (from: number, to: number) => {
    const found = read.filter(({ at }) => at >= from && at < to).map(({ offsetMs }) => offsetMs);
    assert.ok(Math.max(...found) - Math.min(...found) < 2, 'steady in between');
    return found.reduce((sum, each) => sum + each, 0) / found.length;
  };
  const [first, second] = [vm.migration(0), vm.migration(1)];
  const levels = [
    meanOf(0, first.preCopyMs),
    meanOf(first.resumeMs + 500, second.preCopyMs),
    meanOf(second.resumeMs + 500, 96_000),
  ];
  for (const [index, { stopMs, resumeMs }] of [first, second].entries()) {
    const fell = levels[index]! - levels[index + 1]!;
    assert.ok(Math.abs(fell - (resumeMs - stopMs)) < 0.2, `fell by ${fell} ms of ${resumeMs - stopMs} ms`);
  }
});

simulated(
  'its hypervisor announces each migration as QEMU does: at once, then 50, 200, 450 and 800 ms later',
  () => {
    const vm = new SimulatedVm(SETTINGS);
    const frames = path(vm)
      .advance(100_000)
      .filter(({ outcome }) => outcome.kind === 'announce');
    const due = [vm.migration(0), vm.migration(1)].flatMap(({ resumeMs }) =>
      [0, 50, 200, 450, 800].map(later => toMicros(resumeMs + later)),
    );
    assert.equal(
      frames.map(({ knownAt }) => knownAt),
      due,
    );
    assert.equal(
      frames.map(({ seq }) => seq),
      frames.map((_, index) => index),
    );
    const macs = new Set(frames.map(({ outcome }) => (outcome as { mac: string }).mac));
    assert.is(macs.size, 1);
    assert.match([...macs][0]!, /^52:54:00(:[0-9a-f]{2}){3}$/);
  },
);

simulated('without a clock and announcements it has only echoes', () => {
  const vm = new SimulatedVm({ ...SETTINGS, announcements: 0 });
  assert.ok(
    path(vm, 0)
      .advance(60_000)
      .every(({ probe }) => probe === 'sim'),
  );
});

simulated('an hour at once is told as it was known, the same whole or in parts', () => {
  const vm = new SimulatedVm(SETTINGS);
  const whole = path(vm).advance(3_600_000);
  const parts = path(vm);
  const inParts = Array.from({ length: 3600 }, (_, second) => parts.advance((second + 1) * 1000)).flat();
  assert.equal(inParts, whole);
  assert.equal(
    whole.map(({ knownAt }) => knownAt),
    whole.map(({ knownAt }) => knownAt).toSorted((a, b) => a - b),
  );
  const truth = Array.from({ length: 18_001 }, (_, seq) => seq).filter(
    seq => vm.rtt(seq * 200, seq) === undefined,
  );
  const of = (kind: string) => whole.filter(({ outcome }) => outcome.kind === kind).map(({ seq }) => seq);
  assert.equal(of('lost'), truth);
  assert.ok(truth.every(seq => of('overdue').includes(seq)));
});

simulated('slots that came while the prober stood still are missed and use up no number', () => {
  const one = path(new SimulatedVm({ ...SETTINGS, firstMs: 86_400_000 }));
  one.advance(1000);
  one.skipTo(60_100);
  const sent = one.advance(60_900).filter(({ at, probe }) => at > 1000 && probe === 'sim');
  assert.equal(
    sent.map(({ seq, at }) => [seq, at]),
    [
      [6, 60_200],
      [7, 60_400],
      [8, 60_600],
      [9, 60_800],
    ],
  );
});

simulated.run();
