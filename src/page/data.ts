import { ByteReader, readTarget } from './codec.js';
import type { PageModel, TargetSeries } from './model.js';

/** The model of this page, from its data block. */
export function readModel(): PageModel {
  return JSON.parse(textOf('model')) as PageModel;
}

/** The samples of each target. Rejects if the browser cannot inflate, or the block is damaged. */
export async function readSeries({ targets }: PageModel): Promise<TargetSeries[]> {
  if (typeof DecompressionStream === 'undefined')
    throw new Error('this browser has no DecompressionStream: use a version of 2023 or newer');
  const packed = Uint8Array.from(atob(textOf('samples')), char => char.charCodeAt(0));
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const bytes = new ByteReader(new Uint8Array(await new Response(inflated).arrayBuffer()));
  return targets.map(() => readTarget(bytes));
}

/** The place of the first time that is not before the moment. */
export function firstFrom(at: Float64Array, moment: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

function textOf(id: string): string {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw new Error(`the block "${id}" of this page is missing`);
  return text;
}
