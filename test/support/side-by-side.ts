import type { Callback, Test } from 'uvu';

/** The suite, but its tests all begin at the first one's turn: for those that mostly wait, each in a world of its own. */
export function sideBySide(test: Test): Test {
  const bodies: Callback<object>[] = [];
  let runs: Promise<unknown>[] | undefined;
  const register = (name: string, body: Callback<object>) => {
    const index = bodies.push(body) - 1;
    test(name, async context => {
      runs ??= bodies.map(async each => each(context));
      // One that fails before its turn is told at its turn.
      for (const run of runs) run.catch(() => {});
      await runs[index];
    });
  };
  return Object.assign(register, test);
}
