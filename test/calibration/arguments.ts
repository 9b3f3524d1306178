import { chooseDetector, defaultChoices } from '../../detectors/index.js';
import type { DetectorChoice } from '../../src/core/detector.js';

/** `FOLDER… [--detector NAME[:k=v,…]]…`; all echo detectors with their defaults unless some are named. */
export function readArguments(): { folders: string[]; choices: DetectorChoice[] } {
  const folders: string[] = [];
  const choices: DetectorChoice[] = [];
  const waiting = process.argv.slice(2);
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift())
    if (word === '--detector') choices.push(chooseDetector(waiting.shift() ?? ''));
    else folders.push(word);
  if (folders.length === 0) throw new Error('name at least one folder of *.ping.log files');
  return { folders, choices: choices.length > 0 ? choices : defaultChoices().filter(readsEchoes) };
}

/** A log of ping holds nothing for those that wait for another witness. */
function readsEchoes({ plugin }: DetectorChoice): boolean {
  return !plugin.reads.some(kind => kind === 'clock' || kind === 'announce');
}
