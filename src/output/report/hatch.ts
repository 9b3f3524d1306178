import { HATCH, round, tag } from './svg.js';

/** The distance of the strokes. */
const STEP = 7;

/** Oblique strokes over a rectangle: nothing was observed there. They are readable without colours and need no pattern. */
export function hatch(x: number, y: number, width: number, height: number): string {
  const strokes: string[] = [];
  for (let offset = STEP; offset < width + height; offset += STEP) {
    const [startX, startY] = offset <= height ? [0, offset] : [offset - height, height];
    const [endX, endY] = offset <= width ? [offset, 0] : [width, offset - width];
    strokes.push(`M${round(x + startX)} ${round(y + startY)}L${round(x + endX)} ${round(y + endY)}`);
  }
  return (
    tag('rect', { x, y, width, height, ...HATCH.ground }) +
    tag('path', { d: strokes.join('') || 'M0 0', ...HATCH.strokes })
  );
}
