import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timeFormatOf } from '../../src/core/format/time-of-day.js';
import { timeMarks } from '../../src/ui/graph/axis.js';
import { momentAt } from '../../src/ui/model/goto.js';

// 5.5 hours ahead of UTC all year, so that day and half hour differ.
process.env.TZ = 'Asia/Kolkata';
const test = suite('wall clock');
const HOUR = 3_600_000;
/** 2026-11-20 22:01:05.0079 UTC, which is 21 Nov 03:31:05 in Kolkata. */
const AT = Date.UTC(2026, 10, 20, 22, 1, 5, 7) + 0.9;

test('the same moment by either clock', () => {
  const [local, utc] = [timeFormatOf('local', AT), timeFormatOf('utc', AT)];
  assert.equal([local.time(AT), local.precise(AT), local.day(AT)], ['03:31:05', '03:31:05.007', '21 Nov']);
  assert.equal([utc.time(AT), utc.precise(AT), utc.day(AT)], ['22:01:05', '22:01:05.007', '20 Nov']);
});

test('midnight falls where the zone has it', () => {
  const before = Date.UTC(2026, 10, 20, 18, 29, 59);
  const after = before + 1000;
  assert.is(timeFormatOf('local', after).moment(before), '20 Nov 23:59');
  assert.is(timeFormatOf('local', after).moment(after), '00:00:00');
  assert.is(timeFormatOf('utc', after).moment(before), '18:29:59');
  const newYear = Date.UTC(2027, 0, 1);
  assert.is(timeFormatOf('utc', newYear).moment(newYear - 1), '31 Dec 23:59');
  assert.is(timeFormatOf('utc', newYear).moment(newYear), '00:00:00');
});

test('time marks are round by the clock that is shown', () => {
  const label = (zone: 'local' | 'utc') =>
    timeMarks(AT, AT + 3 * HOUR, 4, timeFormatOf(zone, AT)).map(mark => mark.label);
  assert.equal(label('local'), ['04:00', '05:00', '06:00']);
  assert.equal(label('utc'), ['23:00', '21 Nov', '01:00']);
});

test('the question for a time of day is answered by the clock that is shown', () => {
  const range = { from: AT - 12 * HOUR, to: AT + 12 * HOUR };
  assert.is(momentAt('22:30', AT, { ...range, zone: 'utc' }), Date.UTC(2026, 10, 20, 22, 30));
  assert.is(momentAt('04:00', AT, { ...range, zone: 'local' }), Date.UTC(2026, 10, 20, 22, 30));
  assert.is(momentAt('00:15', AT, { ...range, zone: 'utc' }), Date.UTC(2026, 10, 21, 0, 15));
});

test.run();
