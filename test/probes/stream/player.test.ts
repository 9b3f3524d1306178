import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Player } from '../../../probes/stream/player.js';

/** 800 kbit/s: 100 bytes are 1 ms of media. */
const SETTINGS = { rate: 800, bufferMs: 5000, startMs: 2000, rebufferMs: 1000 };
const media = (ms: number) => ms * 100;

const test = suite('player');

test('plays from the start threshold on, a millisecond in a millisecond', () => {
  const player = new Player(SETTINGS, 0);
  player.receive(100, media(1999));
  assert.equal(player.report(300), playback('starting', 1999, 0));
  player.receive(400, media(1));
  assert.equal(player.report(400), playback('playing', 2000, 1999));
  assert.equal(player.report(1400), playback('playing', 1000, 1000));
});

test('runs dry at the exact millisecond, whenever that is noticed, and resumes at the rebuffer threshold', () => {
  const player = new Player(SETTINGS, 0);
  player.receive(0, media(2000));
  assert.equal(player.report(2000), playback('playing', 0, 0));
  // Dry since 2000, told at 2700.
  assert.equal(player.report(2700), playback('stalled', 0, 0, 1, 700));
  player.receive(3000, media(999));
  assert.equal(player.report(3100), playback('stalled', 999, 0, 1, 1100));
  player.receive(3250, media(1));
  assert.equal(player.report(3250), playback('playing', 1000, 999, 1, 1250));
  assert.equal(player.report(3750), playback('playing', 500, 500, 1, 1250));
  // Dry a second time at 4250, 250 ms before the next bytes, which are enough at once.
  player.receive(4500, media(3000));
  assert.equal(player.report(4600), playback('playing', 2900, 0, 2, 1500));
});

test('reports the lowest buffer between two reports, not only the current one', () => {
  const player = new Player(SETTINGS, 0);
  player.receive(0, media(3000));
  player.report(0);
  player.receive(900, media(2000));
  assert.equal(player.report(1000), playback('playing', 4000, 2100));
  assert.equal(player.report(1100), playback('playing', 3900, 3900));
});

test('a full buffer has room as soon as enough was played, and while it does not play it stays full', () => {
  const player = new Player(SETTINGS, 0);
  assert.is(player.fullFor(0), 0);
  player.receive(1000, media(6000));
  assert.is(player.fullFor(1000), 1000);
  assert.is(player.fullFor(1400), 600);
  assert.is(player.fullFor(2100), 0);
});

test('never begun, it never stalls', () => {
  const player = new Player(SETTINGS, 0);
  assert.equal(player.report(60_000), playback('starting', 0, 0));
});

function playback(
  state: 'starting' | 'playing' | 'stalled',
  bufferMs: number,
  lowestMs: number,
  stalls = 0,
  stalledMs = 0,
) {
  return { state, bufferMs, lowestMs, stalls, stalledMs };
}

test.run();
