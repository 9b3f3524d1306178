import type { IncomingHttpHeaders } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dateOf, NotItsClock } from '../../../probes/clock-http/ask.js';
import { type TickReading, TickSearch } from '../../../probes/clock-http/tick.js';
import { seeded } from '../../../src/core/statistics/random.js';

const test = suite('the tick of an HTTP clock');
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** A server on a path of `rttMs` with exponential jitter each way, whose clock is `offset(at)` from ours. */
interface World {
  rttMs: number;
  jitterMs: number;
  seconds: number;
  offset: (at: number) => number;
}

/** What the search reads there in how many requests, asked up to 2 ms late, as our timers do. */
function searched({ rttMs, jitterMs, seconds, offset }: World, seed: number) {
  const random = seeded(seed);
  const way = () => rttMs / 2 - jitterMs * Math.log(1 - random());
  const search = new TickSearch();
  const readings: (TickReading & { at: number })[] = [];
  const askedAt: number[] = [];
  const start = 1_795_000_000_000 + random() * 1000;
  for (let now = start; now < start + seconds * 1000; ) {
    const sentAt = Math.max(now, search.next(now) - rttMs / 2) + random() * 2;
    const stampedAt = sentAt + way();
    const receivedAt = stampedAt + way();
    const dateMs = Math.floor((stampedAt + offset(stampedAt - start)) / 1000) * 1000;
    askedAt.push(sentAt - start);
    const reading = search.take({ sentAt, receivedAt, dateMs });
    if (reading) readings.push({ ...reading, at: sentAt - start });
    now = receivedAt;
  }
  return { readings, askedAt, search };
}

for (const [path, rttMs, jitterMs, limitMs] of [
  ['a LAN', 0.4, 0.05, 1],
  ['a path of 20 ms', 20, 1, 2],
] as const)
  test(`over ${path} every reading is within its stated error, and their middle within ${limitMs} ms`, () => {
    for (let seed = 1; seed <= 40; seed++) {
      const truth = (seed * 137) % 3000;
      const { readings, askedAt } = searched({ rttMs, jitterMs, seconds: 120, offset: () => truth }, seed);
      for (const { offsetMs, errorMs } of readings)
        assert.ok(Math.abs(offsetMs - truth) <= errorMs, `${offsetMs - truth}, stated ± ${errorMs}`);
      assert.ok(readings[0]!.at < 12_000, `the first after ${readings[0]!.at} ms`);
      assert.ok(Math.abs(median(readings.map(({ offsetMs }) => offsetMs)) - truth) <= limitMs);
      const steady = askedAt.filter(at => at > 60_000);
      assert.ok(steady.length <= 40, `${steady.length} requests in a minute`);
    }
  });

test('a step of minus 280 ms is found within 15 s, and a slewing clock is followed', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const offset = (at: number) => (at < 40_000 ? 0 : -280) + at * 3e-4;
    const { readings, search } = searched({ rttMs: 20, jitterMs: 0.5, seconds: 100, offset }, seed);
    for (const { at, offsetMs, errorMs } of readings)
      assert.ok(Math.abs(offsetMs - offset(at)) <= errorMs + 2, `${offsetMs - offset(at)} at ${at}`);
    const first = readings.find(({ offsetMs }) => offsetMs < -200)!;
    assert.ok(first.at < 55_000, `found ${first.at - 40_000} ms later`);
    assert.ok(search.ticks);
  }
});

test('a Date that stands still, as one from a cache does, is not a clock', () => {
  const search = new TickSearch();
  let readings = 0;
  for (let now = 0; now < 60_000; now = search.next(now))
    if (search.take({ sentAt: now, receivedAt: now + 1, dateMs: 5000 })) readings++;
  assert.not.ok(search.ticks);
  assert.is(readings, 0);
});

test('the Date of a server is read, and that of a cache or proxy refused with its header', () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  // The example of RFC 9110, section 5.6.7.
  assert.is(dateOf({ date }), 784_111_777_000);
  const refused: [object, RegExp][] = [
    [{ date, age: '0' }, /header age/],
    [{ date, via: '1.1 varnish' }, /header via/],
    [{ date, 'x-cache': 'HIT' }, /header x-cache/],
    [{ date, 'cf-cache-status': 'HIT' }, /header cf-cache-status/],
    [{}, /no valid Date/],
    [{ date: 'Sunday, 06-Nov-94 08:49:37 GMT' }, /no valid Date/],
    [{ date: 'Sun, 99 Xyz 1994 08:49:37 GMT' }, /no valid Date/],
  ];
  for (const [headers, reason] of refused)
    assert.throws(
      () => dateOf(headers as IncomingHttpHeaders),
      (error: unknown) => error instanceof NotItsClock && reason.test(error.message),
    );
});

test.run();
