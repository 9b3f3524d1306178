import { defaultChoices, detectors } from '../../detectors/index.js';
import type { DetectorChoice } from '../core/detector.js';
import { MAX_DETECTORS } from '../core/pipeline.js';
import { type OptionSpecs, resolveOptions } from '../core/validation/options.js';
import type { Header } from '../recording/rows.js';
import type { DetectorSet } from './detector-sets.js';

/** What the user requests. Without names: today's defaults, or the recording's own detectors. */
export interface DetectorRequest {
  named?: readonly DetectorChoice[] | undefined;
  asRecorded: boolean;
}

/** Returns the detectors that judge a recording. `say` gets a message about each unknown detector of the recording. */
export function judgingSet(
  recorded: Header['plan']['detectors'],
  { named, asRecorded }: DetectorRequest,
  say: (text: string) => void,
): Required<DetectorSet> {
  if (named) return { name: 'named', choices: named, line: `judged by ${names(named)}` };
  if (asRecorded) {
    const choices = recordedDetectors(recorded, say);
    return {
      name: 'as recorded',
      choices,
      line: `judged by the recording's own detectors: ${names(choices)}`,
    };
  }
  const choices = defaultChoices();
  const line = `judged by today's detectors: ${names(choices)}`;
  const others = sameDetectors(choices, recorded) ? '' : '; --as-recorded judges with those of the recording';
  return { name: 'defaults', choices, line: line + others };
}

function names(choices: readonly DetectorChoice[]): string {
  return choices.map(({ plugin }) => plugin.name).join(', ');
}

function sameDetectors(choices: readonly DetectorChoice[], recorded: Header['plan']['detectors']): boolean {
  const own = choices.map(({ plugin, options }) => textOf(plugin.name, options)).sort();
  const others = recorded.map(({ name, options }) => textOf(name, options)).sort();
  return own.join('\n') === others.join('\n');
}

/** Equal for the same detector with the same options. */
function textOf(name: string, options: Readonly<Record<string, number>>): string {
  return JSON.stringify([name, Object.entries(options).sort()]);
}

/**
 * The detectors that a recording was judged with, without repetition. `say` gets a message about each that is not known
 * here, and about those that are too many.
 */
export function recordedDetectors(
  recorded: Header['plan']['detectors'],
  say: (text: string) => void,
): readonly DetectorChoice[] {
  const distinct = [...new Map(recorded.map(each => [textOf(each.name, each.options), each])).values()];
  if (distinct.length > MAX_DETECTORS)
    say(`recorded with ${distinct.length} detectors: only the first ${MAX_DETECTORS} judge`);
  const choices = distinct.slice(0, MAX_DETECTORS).flatMap(({ name, options }) => {
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
