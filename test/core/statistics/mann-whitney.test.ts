import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mannWhitney } from '../../../src/core/statistics/mann-whitney.js';

const test = suite('Mann-Whitney');

/** The documentation of scipy.stats.mannwhitneyu prints these. */
test('the exact test is that of scipy’s example: U = 17, p = 1/9', () => {
  const { u, p } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])!;
  assert.is(u, 17);
  assert.ok(Math.abs(p - 0.1111111111111111) < 1e-12, `${p}`);
});

test('the exact distribution is that of all orders', () => {
  // Of the 70 orders of 4 and 4 values, one has U = 0 and one U = 16: two-sided 2/70.
  assert.ok(Math.abs(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8])!.p - 2 / 70) < 1e-12);
  // U = 1: 2 · 2/70. U = 8 is the middle.
  assert.ok(Math.abs(mannWhitney([1, 2, 3, 5], [4, 6, 7, 8])!.p - 4 / 70) < 1e-12);
  assert.is(mannWhitney([1, 4, 6, 7], [2, 3, 5, 8])!.p, 1);
});

test('large groups: the approximation is close to the exact test', () => {
  const first = Array.from({ length: 19 }, (_, index) => index * 2);
  const second = Array.from({ length: 19 }, (_, index) => index * 2 + 9);
  const exact = mannWhitney(first, second)!;
  const more = mannWhitney([...first, 1000], [...second, -1000])!;
  assert.ok(exact.p > 0.01 && exact.p < 0.2 && Math.abs(more.p - exact.p) < 0.25, `${exact.p} ${more.p}`);
});

test('the effect has the sign and size of Cliff’s delta', () => {
  assert.is(mannWhitney([5, 6], [1, 2])!.delta, 1);
  assert.is(mannWhitney([1, 2], [5, 6])!.delta, -1);
  assert.is(mannWhitney([3, 3], [3, 3])!.delta, 0);
  assert.is(mannWhitney([3, 3], [3, 3])!.p, 1);
  assert.is(mannWhitney([], [1]), undefined);
});

test.run();
