import { defaultChoices, detectors } from '../../../detectors/index.js';
import type { DetectorChoice } from '../../core/detector.js';
import { type OptionSpecs, resolveOptions } from '../../core/validation/options.js';
import type { Header } from '../../recording/rows.js';

/** The detectors that a recording was judged with. `say` gets a message about each unknown one. */
export function recordedDetectors(
  recorded: Header['plan']['detectors'],
  say: (text: string) => void,
): readonly DetectorChoice[] {
  const choices = recorded.flatMap(({ name, options }) => {
    const plugin = detectors.find(detector => detector.name === name);
    try {
      if (plugin)
        return [{ plugin, options: resolveOptions(name, plugin.options, asTexts(plugin.options, options)) }];
      say(`recorded with the unknown detector "${name}": name its file with --detector`);
    } catch (error) {
      say(`recorded with other options of the detector ${name}: ${(error as Error).message}`);
    }
    return [];
  });
  return choices.length > 0 ? choices : defaultChoices();
}

/** The options as a user would write them, so that the same limits apply. */
function asTexts(specs: OptionSpecs, options: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      `${value}${specs[name]?.unit === 'ms' ? 'ms' : ''}`,
    ]),
  );
}
