/** Which targets are listed and in which order, against orders worked out by hand. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { INITIAL, press } from '../../src/ui/controls.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { UNICODE } from '../../src/ui/glyphs.js';
import { ALL_AS_GIVEN, filterQuestion, type Listing, listed, SteadyList } from '../../src/ui/listing.js';
import { SessionState } from '../../src/ui/state.js';
import type { Moment } from '../../src/ui/view.js';
import { START, SyntheticSession } from '../support/synthetic.js';

const test = suite('listing');

/** RTT in ms, losses among ten probes, and the light; the names say nothing of either. */
const GIVEN = [
  { name: 'web-10', rttMs: 3, lost: 0, light: 'green' },
  { name: 'web-2', rttMs: 9, lost: 2, light: 'amber' },
  { name: 'db-1', rttMs: 1, lost: 5, light: 'red' },
  { name: 'db-2', rttMs: 5, lost: 0, light: 'green' },
] as const;

function momentOf(now = START + 1000): Moment {
  const { info } = new SyntheticSession(GIVEN.map(({ name }) => name));
  const state = new SessionState({ targets: GIVEN.length, intervalMs: 100 });
  for (const [index, { rttMs, lost, light }] of GIVEN.entries()) {
    const { target } = info.targets[index]!;
    for (let seq = 0; seq < 10; seq++) {
      const at = START + seq * 100;
      const outcome =
        seq < lost
          ? { kind: 'lost' as const, reason: 'timeout' as const }
          : { kind: 'reply' as const, rttMs };
      state.take({
        sample: { at, knownAt: at + 10, target, probe: 'icmp', seq, outcome },
        verdicts: [],
        lights: seq === 0 ? [{ target, at, light, why: '' }] : [],
        events: [],
      });
    }
  }
  return { state, info, now, holdMs: 30_000 };
}

const names = (change: Partial<Listing>) =>
  listed(momentOf(), { ...ALL_AS_GIVEN, ...change }).map(({ name }) => name);

test('a list is sorted by light, name, RTT and loss, the most telling first', () => {
  assert.equal(names({ sort: 'given' }), ['web-10', 'web-2', 'db-1', 'db-2']);
  assert.equal(names({ sort: 'state' }), ['db-1', 'web-2', 'web-10', 'db-2']);
  assert.equal(names({ sort: 'name' }), ['db-1', 'db-2', 'web-2', 'web-10']);
  assert.equal(names({ sort: 'rtt' }), ['web-2', 'db-2', 'web-10', 'db-1']);
  assert.equal(names({ sort: 'loss' }), ['db-1', 'web-2', 'web-10', 'db-2']);
  assert.equal(names({ sort: 'name', reversed: true }), ['web-10', 'web-2', 'db-2', 'db-1']);
});

test('a filter asks for all of its words, in a name or a light, in any case', () => {
  assert.equal(names({ filter: 'WEB' }), ['web-10', 'web-2']);
  assert.equal(names({ filter: 'web amber' }), ['web-2']);
  assert.equal(names({ filter: ' red ' }), ['db-1']);
  assert.equal(names({ filter: 'nobody' }), []);
});

test('rows keep their places within a second, and change them at once when another order is asked for', () => {
  const steady = new SteadyList();
  const byLoss = { ...ALL_AS_GIVEN, sort: 'loss' as const };
  const moment = momentOf();
  const first = steady.of(moment, byLoss);
  assert.is(steady.of({ ...moment, now: moment.now + 999 }, byLoss), first);
  assert.is.not(steady.of({ ...moment, now: moment.now + 1000 }, byLoss), first);
  const turned = steady.of(moment, { ...byLoss, reversed: true });
  assert.equal(
    turned.map(({ name }) => name),
    ['db-2', 'web-10', 'web-2', 'db-1'],
  );
});

const CHOICES = {
  ...{ targets: ['a', 'b', 'c', 'd', 'e'], page: 2, events: [], detectors: [] },
  ...{
    now: START,
    began: START,
    window: { from: START - 1000, to: START, cells: 10 },
    bounds: () => undefined,
  },
};

test('pages and ends of the list are a key away', () => {
  assert.is(press(INITIAL, 'pageDown', CHOICES).chosen, 'c');
  assert.is(press(INITIAL, 'bottom', CHOICES).chosen, 'e');
  assert.is(press({ ...INITIAL, chosen: 'e' }, 'pageUp', CHOICES).chosen, 'c');
  assert.is(press({ ...INITIAL, chosen: 'e' }, 'top', CHOICES).chosen, 'a');
});

test('Esc leads back to the usual picture first, and then lists all', () => {
  const filtered = { ...INITIAL, ...filterQuestion(INITIAL).typing!('web'), histogram: true };
  const once = press(filtered, 'back', CHOICES);
  assert.equal([once.histogram, once.listing.filter], [false, 'web']);
  assert.is(press(once, 'back', CHOICES).listing.filter, '');
});

function screenOf(change: Partial<Listing>): string {
  const listing = { ...ALL_AS_GIVEN, ...change };
  const moment = momentOf();
  const shown = { ...moment, listed: listed(moment, listing) };
  const { panels } = pictureOf(shown, { ...INITIAL, listing }, { columns: 120, rows: 30 }, UNICODE);
  return panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join(''))).join('\n');
}

test('the screen says what is listed of how many, and by what it is sorted', () => {
  assert.match(screenOf({ filter: 'web' }), /■ 1 .*2 of 4 with web/);
  assert.not.match(screenOf({ filter: 'web' }), /db-1/);
  assert.match(screenOf({ sort: 'state' }), /light▾/);
  assert.match(screenOf({ sort: 'loss', reversed: true }), /loss▴/);
  assert.match(screenOf({ filter: 'nobody' }), /no target has these words; Esc lists all/);
});

test.run();
