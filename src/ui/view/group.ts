import type { Light } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { Group } from '../list/groups.js';
import { SEVERITY } from '../list/order.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

/** The heading of a group: what can be said of all its members. */
export interface GroupView {
  /** Its identity, and how it is called on screen. */
  group: string;
  title: string;
  size: number;
  folded: boolean;
  /** One of its members at least is. */
  simulated: boolean;
  /** Folded, it hides the chosen target. */
  chosen: boolean;
  /** Of the member that asks for a look most, and how many show which. */
  light: Light;
  lights: Record<Light, number>;
  /** The longest median RTT. */
  worstMs: Millis | undefined;
  /** Of all their probes. */
  loss: number;
}

export function groupViewOf(
  { state, info, now }: ViewInputs,
  { name, members, folded }: Group,
  chosen: boolean,
): GroupView {
  const lights: Record<Light, number> = { green: 0, amber: 0, red: 0 };
  let worstMs: Millis | undefined;
  let lost = 0;
  let sent = 0;
  for (const { target } of members) {
    lights[lightOf(state.of(target.target), info, now).light]++;
    const tally = state.tally.of(target.target);
    const medianMs = tally.rtt.quantile(0.5);
    if (medianMs !== undefined) worstMs = Math.max(worstMs ?? 0, medianMs);
    lost += tally.lost;
    sent += tally.lost + tally.received;
  }
  return {
    ...{ group: name, title: printable(name), size: members.length },
    simulated: members.some(({ target }) => target.simulated),
    ...{ folded, chosen, lights, worstMs },
    light: (Object.keys(lights) as Light[]).reduce((worst, light) =>
      lights[light] > 0 && (lights[worst] === 0 || SEVERITY[light] > SEVERITY[worst]) ? light : worst,
    ),
    loss: lost / Math.max(1, sent),
  };
}
