import { announce, isOnSegment } from '../../probes/announce.js';
import { clock } from '../../probes/clock.js';
import type { Backend } from '../../probes/prober.js';
import { playerSettings, stream } from '../../probes/stream.js';
import { withWitnesses } from '../../probes/witnesses.js';
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
    private readonly permitted: ReadonlySet<Backend>,
    private readonly clockOptions: Record<string, number>,
    /** Names what is missing and the command that permits it; absent if nothing is missing. */
    readonly notice: string | undefined,
  ) {}

  static async permitted({ probes, witnesses }: WatchPlan): Promise<Witnesses> {
    const wanted = [clock, announce].filter(({ name }) => witnesses?.includes(name) ?? true);
    const permissions = await Promise.all(wanted.map(witness => witness.check(4)));
    const refused = wanted.filter((_, index) => !permissions[index]!.allowed);
    const remedy = permissions.flatMap(each => (each.allowed ? [] : (each.remedy ?? [])))[0];
    const missing = `only echoes, without ${refused.map(({ name }) => name).join(' and ')}`;
    return new Witnesses(
      new Set(wanted.filter(witness => !refused.includes(witness))),
      probes.get(clock.probe) ?? defaultOptions(clock.options),
      refused.length === 0 ? undefined : `${missing}${remedy ? ` — permit it: ${remedy}` : ''}`,
    );
  }

  /** The names of the witnesses that a target can have. */
  async of(backend: Backend, address: Address): Promise<readonly string[]> {
    if (backend.probe === 'sim') return ['echo'];
    const hasClock = this.permitted.has(clock) && (address.family === 4 || this.clockOptions.tcp! > 0);
    const hasSegment = this.permitted.has(announce) && (await isOnSegment(address));
    return ['echo', ...(hasClock ? [clock.name] : []), ...(hasSegment ? [announce.name] : [])];
  }

  /** The backends to open for targets of this backend: itself and its companions. */
  beside(backend: Backend): readonly Backend[] {
    if (backend.probe === 'sim') return [backend];
    const together = withWitnesses(backend, {
      ...(this.permitted.has(clock) && { clock: this.clockOptions }),
      announce: this.permitted.has(announce),
    });
    return together ? [together] : [backend, ...this.permitted];
  }
}
