import type { Pipeline } from '../../src/core/pipeline.js';

/** A copy of what JSON carries of a value. */
export const throughJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** Gives one pipeline the state of another, by way of JSON. */
export function handOver(from: Pipeline, to: Pipeline): void {
  to.load(throughJson(from.save()));
  for (const target of from.targets) to.loadTarget(target, throughJson(from.saveTarget(target)));
}
