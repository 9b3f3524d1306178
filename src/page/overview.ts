import type { PageModel } from './model.js';
import type { View } from './view.js';

/** The whole recording in a strip: the light, the events, what was not observed, the window and the moment. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  model: PageModel,
  view: View,
  colour: (name: string) => string,
): void {
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round) as [
    number,
    number,
  ];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d')!;
  const x = (at: number) => (at / model.lengthMs) * width;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour('raised');
  context.fillRect(0, 0, width, height);
  const target = model.targets[view.target]!;
  const shares = [0.25, 0.55, 0.9];
  for (const [index, [at, light]] of [[0, 0] as const, ...target.lights].entries()) {
    const until = index < target.lights.length ? target.lights[index]![0] : model.lengthMs;
    context.fillStyle = colour((['green', 'amber', 'red'] as const)[light]);
    context.globalAlpha = 0.55;
    context.fillRect(
      x(at),
      height * (1 - shares[light]!),
      Math.max(ratio, x(until) - x(at)),
      height * shares[light]!,
    );
  }
  context.fillStyle = colour('hatch');
  for (const [from, to] of target.gaps)
    context.fillRect(x(from), 0, Math.max(ratio, x(to) - x(from)), height);
  context.globalAlpha = 1;
  for (const event of model.events) {
    if (event.target !== view.target) continue;
    context.fillStyle = colour(event.red ? 'red' : 'amber');
    context.fillRect(x(event.from), 0, Math.max(2 * ratio, x(event.to) - x(event.from)), height);
  }
  context.strokeStyle = colour('ink');
  context.lineWidth = 1.5 * ratio;
  const from = Math.min(x(view.from), width - 3 * ratio);
  context.strokeRect(from, ratio, Math.max(3 * ratio, x(view.to) - from), height - 2 * ratio);
  context.fillStyle = colour('ink');
  context.fillRect(x(view.at) - ratio, 0, 2 * ratio, height);
}
