import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PathFloor } from '../../../src/core/judge/path-floor.js';
import { normal, type Random, seeded } from '../../../src/core/statistics/random.js';

const floor = suite('the floor of the round trips');

const INTERVAL = 50;
const HOUR = 3_600_000;

/** Round trips of a path with this propagation time through a busy machine: each waits, and some wait long. */
function loaded(random: Random, pathMs: number): number {
  const wait = -Math.log(1 - random()) * 4;
  const long = random() < 0.1 ? random() * 200 : 0;
  return pathMs + Math.abs(normal(random)) * 0.2 + wait + long;
}

function changesOf(rttAt: (at: number) => number, lengthMs: number, track = new PathFloor(), from = 0) {
  const found = [];
  for (let at = from; at < lengthMs; at += INTERVAL) {
    const change = track.add(at, rttAt(at));
    if (change) found.push({ ...change, seenAt: at });
  }
  return found;
}

floor('a path that gets 6 ms longer is found within ten seconds through a load that adds 200 ms', () => {
  const random = seeded(5);
  const found = changesOf(at => loaded(random, at < 60_000 ? 9 : 15), 120_000);
  assert.is(found.length, 1);
  const [{ at, fromMs, toMs, seenAt }] = found as [(typeof found)[0]];
  assert.ok(Math.abs(at - 60_000) <= 1500, `moved at ${at}`);
  assert.ok(seenAt - 60_000 < 10_000, `seen at ${seenAt}`);
  assert.ok(Math.abs(toMs - fromMs - 6) < 0.5, `${fromMs} → ${toMs}`);
});

floor('load that comes and goes over the same path is no change', () => {
  const random = seeded(6);
  const busy = (at: number) => at % 120_000 > 60_000;
  const found = changesOf(at => (busy(at) ? loaded(random, 9) : 9 + Math.abs(normal(random)) * 0.2), HOUR);
  assert.equal(found, []);
});

floor('it is the same after a save, in the middle of an observation', () => {
  const rtts = seeded(7);
  const values = Array.from({ length: 2400 }, (_, index) => loaded(rtts, index < 1210 ? 9 : 15));
  const rttAt = (at: number) => values[at / INTERVAL]!;
  const whole = changesOf(rttAt, 120_000);
  const first = new PathFloor();
  changesOf(rttAt, 61_550, first);
  const second = new PathFloor();
  second.load(JSON.parse(JSON.stringify(first.save())));
  assert.equal(changesOf(rttAt, 120_000, second, 61_550), whole);
  assert.is(whole.length, 1);
});

floor.run();
