/** Which targets are listed and in which order, against orders worked out by hand. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { SteadyList } from '../../src/ui/dashboard/steady-list.js';
import { isGroup, type ListRow, prefixOf, stopsOf } from '../../src/ui/list/groups.js';
import { ALL_AS_GIVEN, type Listing, listOf } from '../../src/ui/list/list.js';
import { INITIAL } from '../../src/ui/model/controls.js';
import { pointed, press } from '../../src/ui/model/press.js';
import { chosenTarget } from '../../src/ui/model/selection.js';
import { filterQuestion } from '../../src/ui/model/session-actions.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { factsOf } from '../../src/ui/view/listed.js';
import { CountedState } from '../support/counted-state.js';
import { START, SyntheticSession } from '../support/synthetic.js';

const test = suite('listing');

/** RTT in ms, losses among ten probes, and the light; the names say nothing of either. */
const GIVEN = [
  { name: 'web-10', rttMs: 3, lost: 0, light: 'green' },
  { name: 'web-2', rttMs: 9, lost: 2, light: 'amber' },
  { name: 'db-1', rttMs: 1, lost: 5, light: 'red' },
  { name: 'db-2', rttMs: 5, lost: 0, light: 'green' },
] as const;

function momentOf(now = START + 1000): ViewInputs {
  const { info } = new SyntheticSession(GIVEN.map(({ name }) => name));
  const state = new CountedState({ targets: GIVEN.length, intervalMs: 100 });
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

const nameOf = (row: ListRow) => (isGroup(row) ? `${row.name} (${row.members.length})` : row.target.name);
const names = (change: Partial<Listing>) =>
  listOf(factsOf(momentOf()), { ...ALL_AS_GIVEN, ...change }).rows.map(nameOf);

test('a list is sorted by light, name, RTT and loss, the worst first', () => {
  assert.equal(names({ sort: 'given' }), ['web-10', 'web-2', 'db-1', 'db-2']);
  assert.equal(names({ sort: 'state' }), ['db-1', 'web-2', 'web-10', 'db-2']);
  assert.equal(names({ sort: 'name' }), ['db-1', 'db-2', 'web-2', 'web-10']);
  assert.equal(names({ sort: 'rtt' }), ['web-2', 'db-2', 'web-10', 'db-1']);
  assert.equal(names({ sort: 'loss' }), ['db-1', 'web-2', 'web-10', 'db-2']);
  assert.equal(names({ sort: 'name', reversed: true }), ['web-10', 'web-2', 'db-2', 'db-1']);
});

test('a filter requires all of its words, in a name or a light, in any case', () => {
  assert.equal(names({ filter: 'WEB' }), ['web-10', 'web-2']);
  assert.equal(names({ filter: 'web amber' }), ['web-2']);
  assert.equal(names({ filter: ' red ' }), ['db-1']);
  assert.equal(names({ filter: 'nobody' }), []);
});

test('a star stands for anything, and the word for the whole', () => {
  assert.equal(names({ filter: 'web-*' }), ['web-10', 'web-2']);
  assert.equal(names({ filter: '*-2' }), ['web-2', 'db-2']);
  assert.equal(names({ filter: 'w*b*2' }), ['web-2']);
  assert.equal(names({ filter: 'eb-*' }), []);
  assert.equal(names({ filter: 'db-1*db-1' }), [], 'the ends do not share what they match');
  assert.equal(names({ filter: '10.0.0.3' }), ['db-1'], 'the third address');
});

test('names of a kind make a group, where the first of them stood', () => {
  assert.equal(names({ grouped: true }), ['web (2)', 'web-10', 'web-2', 'db (2)', 'db-1', 'db-2']);
  assert.equal(names({ grouped: true, folded: ['web'] }), ['web (2)', 'db (2)', 'db-1', 'db-2']);
  assert.equal(names({ grouped: true, folded: ['web', 'db'], sort: 'state' }), ['db (2)', 'web (2)']);
  assert.equal(names({ grouped: true, filter: '*-2' }), ['web-2', 'db-2'], 'who is alone has no heading');
  const prefixes = [
    'vm07',
    'db-prod-3',
    'web-2.example.org',
    'web-2:443',
    '10.0.0.7',
    'fe80::1',
    'lone',
    '7',
  ];
  assert.equal(prefixes.map(prefixOf), ['vm', 'db-prod', 'web', 'web', '10.0.0', 'fe80:', 'lone', '7']);
});

test('long names from outside take no time', () => {
  const long = [`${'1'.repeat(300_000)}x`, '.'.repeat(300_000), '-'.repeat(300_000), ':'.repeat(300_000)];
  const begun = performance.now();
  for (const name of long) prefixOf(name);
  assert.ok(performance.now() - begun < 2000, 'seconds if it were quadratic');
});

test('a list has every matching target once, and folding hides members only', () => {
  const listings = fc.record({
    sort: fc.constantFrom(
      'given' as const,
      'state' as const,
      'name' as const,
      'rtt' as const,
      'loss' as const,
    ),
    reversed: fc.boolean(),
    filter: fc.constantFrom('', 'a', 'b-', '*1', 'red', 'a green', 'nobody'),
    grouped: fc.boolean(),
    folded: fc.subarray(['a', 'b', 'c']),
  });
  const rows = fc.record({
    name: fc.stringMatching(/^[abc]-?[0-9]$/),
    light: fc.constantFrom('red' as const, 'amber' as const, 'green' as const),
    medianMs: fc.constantFrom(undefined, 1, 2),
    loss: fc.constantFrom(0, 0.5),
  });
  const [{ target: like }] = factsOf(momentOf()) as [ReturnType<typeof factsOf>[number]];
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 30 }), listings, (some, listing) => {
      const facts = some.map(({ name, ...fact }, index) => ({
        ...fact,
        target: { ...like, name, target: `t${index}`, address: '::' },
      }));
      const ids = (list: readonly ListRow[]) => list.flatMap(row => (isGroup(row) ? [] : row.target.target));
      const list = listOf(facts, listing);
      const plain = listOf(facts, { ...listing, grouped: false });
      assert.equal(ids(list.matching).toSorted(), ids(plain.rows).toSorted());
      const open = listOf(facts, { ...listing, folded: [] });
      assert.equal(ids(open.rows).toSorted(), ids(plain.rows).toSorted(), 'grouping hides nobody');
      const hidden = list.rows.flatMap(row => (isGroup(row) && row.folded ? ids(row.members) : []));
      assert.equal([...ids(list.rows), ...hidden].toSorted(), ids(plain.rows).toSorted());
      const again = listOf(list.matching, { ...listing, reversed: false, sort: 'given' });
      assert.equal(ids(again.rows), ids(list.rows), 'what is in order stays as it is');
      assert.ok(list.unfiltered >= list.rows.length || listing.filter !== '');
      for (const id of ids(list.matching)) assert.ok(stopsOf(list.rows, id).includes(id), 'reachable');
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('rows keep their places for a second and while they are held, and change them when asked', () => {
  const steady = new SteadyList();
  const byLoss = { ...ALL_AS_GIVEN, sort: 'loss' as const };
  const moment = momentOf();
  const order = (at: number, held = false, listing: Listing = byLoss) =>
    steady.of(moment, listing, at, held).rows.map(nameOf);
  const before = ['db-1', 'web-2', 'web-10', 'db-2'];
  assert.equal(order(5000), before);
  // web-10 loses all of its probes from now on.
  const tally = moment.state.tally.of('10.0.0.1');
  tally.lost = 1000;
  assert.equal(order(5999), before);
  assert.equal(order(60_000, true), before, 'held while a question waits or the picture is frozen');
  assert.equal(order(60_001), ['web-10', 'db-1', 'web-2', 'db-2']);
  const reversed = { ...byLoss, reversed: true };
  assert.equal(order(60_002, true, reversed), ['db-2', 'web-2', 'db-1', 'web-10'], 'a key acts at once');
});

const CHOICES = {
  ...{ targets: ['a', 'b', 'c', 'd', 'e'], page: 2, groups: [], events: [], detectors: [] },
  ...{
    now: START,
    notices: [],
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

test('Esc returns to the normal view first, and then clears the filter', () => {
  const filtered = { ...INITIAL, ...filterQuestion(INITIAL).typing!('web'), histogram: true };
  const once = press(filtered, 'back', CHOICES);
  assert.equal([once.histogram, once.listing.filter], [false, 'web']);
  assert.is(press(once, 'back', CHOICES).listing.filter, '');
});

test('the group of the chosen target is folded and unfolded, by key and by click', () => {
  const listing = { ...ALL_AS_GIVEN, grouped: true };
  const { rows } = listOf(factsOf(momentOf()), listing);
  const choices = { ...CHOICES, groups: rows.filter(isGroup) };
  const on = { ...INITIAL, listing, chosen: '10.0.0.4' };
  const folded = press(on, 'fold', choices);
  assert.equal(folded.listing.folded, ['db']);
  assert.equal(press(folded, 'fold', choices).listing.folded, []);
  assert.equal(pointed(on, { group: 'web' }, choices).listing.folded, ['web']);
  assert.equal(press(on, 'foldAll', choices).listing.folded, ['web', 'db']);
  assert.is(
    press({ ...on, listing: ALL_AS_GIVEN }, 'fold', CHOICES).listing.grouped,
    true,
    'first it groups',
  );
  assert.is(press(on, 'sort', choices).chosen, '10.0.0.4');
});

test('the graph shows the chosen target, else the first listed, and an event in any case', () => {
  const all = ['a', 'b', 'c'];
  assert.is(chosenTarget(INITIAL, all, ['c', 'b', 'a']), 'a', 'the order does not choose');
  assert.is(chosenTarget({ ...INITIAL, chosen: 'a' }, all, ['c', 'b']), 'c');
  assert.is(chosenTarget({ ...INITIAL, chosen: 'a' }, all, []), 'a');
  assert.is(chosenTarget({ ...INITIAL, chosen: 'a', event: 'e' }, all, ['c']), 'a');
});

function screenOf(change: Partial<Listing>, glyphs = UNICODE): string {
  const controls = { ...INITIAL, listing: { ...ALL_AS_GIVEN, ...change } };
  const { panels } = pictureOf(momentOf(), controls, { columns: 120, rows: 30 }, glyphs);
  return panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join(''))).join('\n');
}

test('the screen says what is listed of how many, and by what it is sorted', () => {
  assert.match(screenOf({ filter: 'web' }), /■ 1 .*2 of 4 match “web”/);
  assert.not.match(screenOf({ filter: 'web' }), /GREEN +db/);
  assert.match(screenOf({ sort: 'state' }), /light▾/);
  assert.match(screenOf({ sort: 'loss', reversed: true }), /loss▴/);
  assert.match(screenOf({ filter: 'nobody' }), /no target matches “nobody”; Esc clears the filter/);
});

test('a heading summarises its group, and shows the worst light when folded', () => {
  // Of the group's 20 probes 5 were lost; its medians are 1 and 5 ms.
  assert.match(screenOf({ grouped: true }), /▾ db \(2\) +■ 1 +● 1 +worst 5(\.0\d)? ms · loss 25 %/);
  assert.match(screenOf({ grouped: true, folded: ['db'] }), /■ RED +▹ db \(2\)/);
  assert.match(screenOf({ grouped: true, folded: ['web'] }, ASCII), /\^ AMBER +\+ web \(2\)/);
});

test.run();
