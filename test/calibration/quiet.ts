import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Millis, Sample } from '../../src/core/sample.js';
import { isSample } from '../../src/recording/reader.js';
import { importPing } from '../../src/sources/import/ping.js';

/** Something that was done to the target, as a trace's `truth.json` labels it. Times in Unix seconds. */
export interface TruthItem {
  type: string;
  start?: number;
  stop?: number;
  resume?: number;
  end?: number;
}

export interface Recording {
  name: string;
  samples: readonly Sample[];
  truth: readonly TruthItem[];
}

/** Everything within this time of something that was done is left out of the quiet. */
const MARGIN_MS: Millis = 3000;

/** Reads every `*.ping.log` of the folders, with its `*.truth.json` where there is one. */
export function* readRecordings(folders: readonly string[]): Generator<Recording> {
  for (const folder of folders)
    for (const file of readdirSync(folder)
      .filter(name => name.endsWith('.ping.log'))
      .sort()) {
      const name = basename(file, '.ping.log');
      const text = readFileSync(join(folder, file), 'utf8');
      yield {
        name,
        samples: importPing(text, { target: name }).filter(isSample),
        truth: truthOf(join(folder, `${name}.truth.json`)),
      };
    }
}

function truthOf(file: string): TruthItem[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).truth;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${file} is no truth file`, { cause: error });
  }
}

/** Whether nothing was done to the target around a moment, as far as the labels tell. */
export function quietAt(truth: readonly TruthItem[], moment: Millis): boolean {
  return truth.every(item => {
    const from = (item.start ?? item.stop!) * 1000 - MARGIN_MS;
    const to = (item.resume ?? item.end!) * 1000 + MARGIN_MS;
    return moment < from || moment > to;
  });
}
