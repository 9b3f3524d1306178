import type { Callback, Test } from 'uvu';
import { deferred } from '../../src/system/deferred.js';
import { inLanes } from './cli.js';

/** The suite, but its tests run several at a time from the first one's turn on: for those that mostly wait, each in a world of its own. */
export function sideBySide(test: Test, atOnce = Number.POSITIVE_INFINITY): Test {
  const bodies: Callback<object>[] = [];
  let runs: Promise<unknown>[] | undefined;
  const register = (name: string, body: Callback<object>) => {
    const index = bodies.push(body) - 1;
    test(name, async context => {
      runs ??= begun(
        bodies.map(each => async () => each(context)),
        Math.min(atOnce, bodies.length),
      );
      await runs[index];
    });
  };
  return Object.assign(register, test);
}

/** The promise of each task, of which so many are under way at a time. */
function begun(tasks: readonly (() => Promise<unknown>)[], atOnce: number): Promise<unknown>[] {
  const started = tasks.map(task => {
    const { promise, resolve } = deferred<void>();
    const run = promise.then(task);
    // One that fails before its turn is told at its turn.
    run.catch(() => {});
    return { run, start: resolve };
  });
  const each = started.map(({ run, start }) => () => {
    start();
    return run.catch(() => {});
  });
  void inLanes(each, atOnce);
  return started.map(({ run }) => run);
}
