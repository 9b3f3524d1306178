import { announce, isOnSegment } from '../../probes/announce.js';
import { type ClockPlan, clocksOfTarget, withoutRaw } from '../../probes/clock/plan.js';
import { clock, clockBy, clocksOf } from '../../probes/clock.js';
import type { Backend, Permission } from '../../probes/prober.js';
import { sim } from '../../probes/sim.js';
import { playerSettings, stream } from '../../probes/stream.js';
import { withWitnesses } from '../../probes/witnesses.js';
import type { ClockVia } from '../core/sample.js';
import type { StreamInfo } from '../core/session-info.js';
import { defaultOptions } from '../core/validation/options.js';
import type { WatchPlan } from '../plan/plan.js';
import type { TargetSpec } from '../plan/targets.js';
import type { Address } from './resolve.js';

/** The stream that a viewer plays from the target; undefined without one. */
export function streamOf({ stream: href }: TargetSpec, { probes }: WatchPlan): StreamInfo | undefined {
  if (href === undefined) return undefined;
  const { origin, pathname } = new URL(href);
  return { url: origin + pathname, ...playerSettings(probes.get(stream.probe)) };
}

/** The witnesses in addition to echoes that this machine permits: the guest's clock, and the segment's announcements. */
export class Witnesses {
  private constructor(
    /** The clocks to read; undefined: none. */
    private readonly clocks: ClockPlan | undefined,
    private readonly announces: boolean,
    /** Those of a simulated VM. */
    private readonly simulated: readonly string[],
    /** Names what is missing and the command that permits it; absent if nothing is missing. */
    readonly notice: string | undefined,
  ) {}

  static async permitted({ probes, witnesses }: WatchPlan): Promise<Witnesses> {
    const wanted = [clock, announce].filter(({ name }) => witnesses?.includes(name) ?? true);
    const permissions = await Promise.all(wanted.map(witness => witness.check(4)));
    const refused = wanted.filter((_, index) => !permissions[index]!.allowed);
    const has = (witness: Backend) => wanted.includes(witness) && !refused.includes(witness);
    const clocks = clocksOf(probes.get(clock.probe) ?? defaultOptions(clock.options));
    const unprivileged =
      wanted.includes(clock) && !has(clock) ? await allowed(withoutRaw(clocks)) : undefined;
    return new Witnesses(
      has(clock) ? clocks : unprivileged,
      has(announce),
      simulatedWitnesses(probes.get(sim.probe) ?? defaultOptions(sim.options)),
      refused.length === 0 ? undefined : missing(refused, permissions, unprivileged),
    );
  }

  /** The names of the witnesses that a target can have. */
  async of(backend: Backend, spec: TargetSpec, address: Address): Promise<readonly string[]> {
    if (backend.probe === sim.probe) return this.simulated;
    const hasClock = this.clocksOf(spec, address).length > 0;
    const hasSegment = this.announces && (await isOnSegment(address));
    return ['echo', ...(hasClock ? [clock.name] : []), ...(hasSegment ? [announce.name] : [])];
  }

  /** The clocks of a target that are asked for, best first. */
  clocksOf({ port, dateUrl }: TargetSpec, { family }: Address): readonly ClockVia[] {
    const { clocks = NO_CLOCK } = this;
    return clocksOfTarget(clocks, { family, ...(port && { port }), ...(dateUrl && { dateUrl }) });
  }

  /** The backends to open for targets of this backend: itself and its companions. */
  beside(backend: Backend): readonly Backend[] {
    if (backend.probe === sim.probe) return [backend];
    const { clocks, announces } = this;
    const together = withWitnesses(backend, { ...(clocks && { clock: clocks }), announce: announces });
    return together
      ? [together]
      : [backend, ...(clocks ? [clockBy(clocks)] : []), ...(announces ? [announce] : [])];
  }
}

const NO_CLOCK: ClockPlan = { icmp: false, tcpPort: undefined, ntpMs: 0 };

/** The plan, if it reads clocks and this machine permits it. */
async function allowed(plan: ClockPlan): Promise<ClockPlan | undefined> {
  if (plan.ntpMs === 0) return undefined;
  return (await clockBy(plan).check(4)).allowed ? plan : undefined;
}

function missing(
  refused: readonly Backend[],
  permissions: readonly Permission[],
  clocks: ClockPlan | undefined,
): string {
  const names = refused.map(witness => (witness === clock && clocks ? 'ICMP and TCP clocks' : witness.name));
  const remedy = permissions.flatMap(each => (each.allowed ? [] : (each.remedy ?? [])))[0];
  const left = clocks ? 'echo and NTP' : 'echo alone';
  return `${left}, without ${names.join(' and ')}${remedy ? ` — permit it: ${remedy}` : ''}`;
}

function simulatedWitnesses(options: Record<string, number>): readonly string[] {
  return ['echo', ...[clock, announce].map(({ name }) => name).filter(name => options[name] !== 0)];
}
