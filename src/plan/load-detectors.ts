import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseDetector, defaultChoices } from '../../detectors/index.js';
import type { DetectorChoice } from '../core/detector.js';
import { checkDetector } from '../core/detector-contract.js';
import { MAX_DETECTORS } from '../core/pipeline.js';
import { parseSelection, resolveOptions } from '../core/validation/options.js';
import { trustedPath } from '../system/trusted-file.js';

/** The detectors that `--detector` names, or the defaults. Registered detectors have a name, the user's own a path. */
export async function loadDetectors(texts: readonly string[]): Promise<readonly DetectorChoice[]> {
  if (texts.length > MAX_DETECTORS)
    throw new RangeError(`--detector names ${texts.length} detectors: name at most ${MAX_DETECTORS}`);
  return texts.length === 0 ? defaultChoices() : Promise.all(texts.map(load));
}

async function load(text: string): Promise<DetectorChoice> {
  if (!/[/\\]|\.[cm]?js(:|$)/.test(text)) return chooseDetector(text);
  const { name: path, given } = parseSelection(text);
  const module = await importModule(path);
  try {
    const plugin = checkDetector(module.default);
    return { plugin, options: resolveOptions(plugin.name, plugin.options, given) };
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    // Reading a pipe or a device might never end.
    if (!statSync(path).isFile()) throw new Error('it is not a regular file');
    return await import(pathToFileURL(resolve(trustedPath(path, 'the detector'))).href);
  } catch (cause) {
    throw new Error(`the detector ${path} can't be loaded: ${(cause as Error).message}`, { cause });
  }
}
