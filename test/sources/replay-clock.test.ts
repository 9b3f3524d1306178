import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VirtualClock } from '../../src/core/clock/virtual-clock.js';

const test = suite('virtual clock');

test('stands still until it runs, and then at its speed', () => {
  const clock = new VirtualClock(1000);
  assert.is(clock.now(50), 1000);
  clock.resume(50);
  assert.is(clock.now(60), 1010);
  clock.setSpeed(10, 60);
  assert.is(clock.now(70), 1110);
  clock.setSpeed(0.1, 70);
  assert.is(clock.now(170), 1120);
});

test('pausing keeps the moment, however long', () => {
  const clock = new VirtualClock(0, 2);
  clock.resume(0);
  clock.pause(100);
  assert.is(clock.now(9999), 200);
  assert.ok(clock.paused);
  clock.resume(10_000);
  assert.is(clock.now(10_001), 202);
});

test('continues from where it was set', () => {
  const clock = new VirtualClock(0);
  clock.resume(0);
  clock.set(500, 100);
  assert.is(clock.now(101), 501);
  clock.pause(200);
  clock.set(-5, 300);
  assert.is(clock.now(400), -5);
});

test('without a bound, the receiver sets the speed', () => {
  const clock = new VirtualClock(7, Infinity);
  assert.is(clock.now(1), 7);
  clock.resume(1);
  assert.is(clock.now(1), 7);
  assert.is(clock.now(2), Infinity);
  clock.set(9, 2);
  assert.is(clock.now(2), 9);
});

test.run();
