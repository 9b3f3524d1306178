import type { Light } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { Group } from '../list/groups.js';
import { SEVERITY } from '../list/order.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

/** The heading of a group, with figures over all its members. */
export interface GroupRow {
  /** Its identity, and its printable name. */
  group: string;
  title: string;
  size: number;
  folded: boolean;
  /** Whether at least one member is simulated. */
  simulated: boolean;
  /** Whether it is folded and hides the chosen target. */
  chosen: boolean;
  /** The worst light of its members, and the number of members per light. */
  light: Light;
  lights: Record<Light, number>;
  /** The longest median RTT. */
  worstMs: Millis | undefined;
  /** Probes with an outcome, and those lost, over all members. */
  sent: number;
  lost: number;
}

export function groupViewOf(
  { state, info, now }: ViewInputs,
  { name, members, folded }: Group,
  chosen: boolean,
): GroupRow {
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
    ...{ sent, lost },
  };
}
