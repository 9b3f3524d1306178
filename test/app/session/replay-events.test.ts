import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openingAt } from '../../../src/app/session/opening.js';
import { ReplayEvents } from '../../../src/app/session/replay-events.js';
import type { EventPair } from '../../../src/recording/event-list.js';
import { TIME_SPANS } from '../../../src/ui/graph/window.js';
import { type Controls, INITIAL } from '../../../src/ui/model/controls.js';
import { migrationOf, START } from '../../support/synthetic.js';

const test = suite('events of a replay');
const HALF = TIME_SPANS[INITIAL.span]! / 2;
const END = START + 120_000;

const eventAt = (id: string, second: number) => ({
  ...migrationOf('vm'),
  id,
  startedAt: START + second * 1000,
  endedAt: START + second * 1000 + 350,
});
const pairs: EventPair[] = [
  { judged: eventAt('e1', 20), agrees: true },
  { recorded: eventAt('old', 50), agrees: false },
  { judged: eventAt('e2', 100), agrees: true },
  { judged: eventAt('e3', 110), agrees: true },
];

/** A replay that is where it was sought, within the recording. */
class Player {
  at = START;
  controls: Controls = INITIAL;
  private readonly events = new ReplayEvents(
    { now: () => this.at, seek: moment => (this.at = Math.min(END, Math.max(START, moment))) },
    () => pairs,
  );

  press(key: ']' | '['): this {
    const change = key === ']' ? this.events.next(this.controls) : this.events.previous(this.controls);
    this.controls = { ...this.controls, ...change };
    return this;
  }
}

test('] lands with the event in the middle of the picture, then the next, up to the last', () => {
  const player = new Player().press(']');
  assert.is(player.at, START + 20_000 + HALF);
  assert.is(player.controls.event, 'e1');
  player.press(']');
  assert.equal([player.at, player.controls.event], [START + 50_000 + HALF, undefined], 'only recorded');
  player.press(']');
  assert.equal([player.at, player.controls.event], [END, 'e2'], 'the recording ends before the picture');
  assert.is(player.press(']').controls.event, 'e3');
  assert.is(player.press(']').controls.event, 'e3', 'there is none after it');
  assert.equal(
    ['[', '[', '['].map(() => player.press('[').controls.event),
    ['e2', undefined, 'e1'],
  );
});

test('while the replay plays on, ] goes on from the shown event, and without one from now', () => {
  const player = new Player().press(']');
  player.at = START + 95_000;
  assert.is(player.press(']').controls.event, undefined, 'the recorded one at 50 s is next');
  const other = new Player();
  other.at = START + 105_000;
  assert.is(other.press(']').controls.event, 'e3');
});

test('[ at the end of a recording that is shorter than the picture leads to its last event', () => {
  const player = new Player();
  player.at = END;
  assert.is(player.press('[').controls.event, 'e3');
});

test('an open page stays open on the way', () => {
  const player = new Player().press(']');
  player.controls = { ...player.controls, page: 1 };
  assert.is(player.press('[').controls.page, 1, 'there is none before');
  player.controls = { ...player.controls, event: 'e2' };
  assert.is(player.press(']').controls.page, 0);
});

test('--at takes the number or id of an event, and a moment, which an event may fill', () => {
  const judged = pairs.flatMap(pair => pair.judged ?? []);
  const opening = (text: string) =>
    openingAt(text, { headless: false }, { startedAt: START, endedAt: END, judged });
  for (const text of ['2', 'e2', '10:01:40.1', '10:01:39.7', '2026-11-20T10:01:40.000Z'])
    assert.equal([opening(text).event?.id, opening(text).at], ['e2', START + 100_000 + HALF], text);
  assert.equal(opening('10:01:00'), { at: START + 60_000 });
  assert.throws(() => opening('7'), /no such event; analyze lists/);
  assert.throws(() => opening('11:00'), /outside of the recording, which goes from 2026-11-20T10:00:00/);
  assert.throws(() => opening('soon'), /--at must be a moment in UTC/);
  const open = () => openingAt('2', { headless: true }, { startedAt: START, endedAt: END, judged });
  assert.throws(open, /--at opens a screen/);
});

test.run();
