import type { DetectorChoice, DetectorPlugin } from '../src/core/detector.js';
import { unknownName } from '../src/core/format/nearest-name.js';
import { parseSelection, resolveOptions } from '../src/core/validation/options.js';
import { announcement } from './announcement.js';
import { changepoint } from './changepoint.js';
import { clockStep } from './clock-step.js';
import { cusum } from './cusum.js';
import { loss } from './loss.js';
import { threshold } from './threshold.js';
import { zScore } from './z-score.js';

/**
 * The detectors of a session that names none. Without `changepoint`: a change that it reports after minutes would open
 * an event of its own, long after the disturbance that the change came with.
 */
const BY_DEFAULT: readonly DetectorPlugin[] = [threshold, zScore, cusum, loss, clockStep, announcement];

/** All detectors; help, validation, completion and documentation derive from this. */
export const detectors: readonly DetectorPlugin[] = [...BY_DEFAULT, changepoint];

/** Reads `NAME[:k=v,…]`. Throws a RangeError that names what is known. */
export function chooseDetector(text: string): DetectorChoice {
  const { name, given } = parseSelection(text);
  const plugin = detectors.find(candidate => candidate.name === name);
  if (!plugin)
    throw unknownName(
      'detector',
      name,
      detectors.map(candidate => candidate.name),
    );
  return { plugin, options: resolveOptions(plugin.name, plugin.options, given) };
}

/** The detectors of a session that names none, with their default options. */
export function defaultChoices(): DetectorChoice[] {
  return BY_DEFAULT.map(plugin => ({ plugin, options: resolveOptions(plugin.name, plugin.options) }));
}
