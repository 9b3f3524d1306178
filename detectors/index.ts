import type { DetectorChoice, DetectorPlugin } from '../src/core/detector.js';
import { unknownName } from '../src/core/format/nearest-name.js';
import { parseSelection, resolveOptions } from '../src/core/validation/options.js';
import { announcement } from './announcement.js';
import { clockStep } from './clock-step.js';
import { cusum } from './cusum.js';
import { loss } from './loss.js';
import { threshold } from './threshold.js';
import { zScore } from './z-score.js';

/** All detectors; help, validation, completion and documentation derive from this. */
export const detectors: readonly DetectorPlugin[] = [threshold, zScore, cusum, loss, clockStep, announcement];

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

/** The detectors of a session that names none: all of them. */
export function defaultChoices(): DetectorChoice[] {
  return detectors.map(plugin => ({ plugin, options: resolveOptions(plugin.name, plugin.options) }));
}
