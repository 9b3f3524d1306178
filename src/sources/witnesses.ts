import { announce, isOnSegment } from '../../probes/announce.js';
import { clock } from '../../probes/clock.js';
import type { Backend } from '../../probes/prober.js';
import { playerSettings, stream } from '../../probes/stream.js';
import { withWitnesses } from '../../probes/witnesses.js';
import { defaultOptions } from '../core/options.js';
import type { StreamInfo } from '../core/session.js';
import type { WatchPlan } from '../plan/plan.js';
import type { TargetSpec } from '../plan/targets.js';
import type { Address } from './resolve.js';

/** What a viewer plays from the target, where one does. */
export function streamOf({ stream: href }: TargetSpec, { probes }: WatchPlan): StreamInfo | undefined {
  if (href === undefined) return undefined;
  const { origin, pathname } = new URL(href);
  return { url: origin + pathname, ...playerSettings(probes.get(stream.probe)) };
}

/** The witnesses beside the echo that this machine permits: the guest's clock, and the segment's announcements. */
export class Witnesses {
  private constructor(
    private readonly permitted: ReadonlySet<Backend>,
    private readonly clockOptions: Record<string, number>,
    /** What is missing, and the line that permits it; absent where nothing is. */
    readonly notice: string | undefined,
  ) {}

  static async permitted({ probes, witnesses }: WatchPlan): Promise<Witnesses> {
    const wanted = [clock, announce].filter(({ name }) => witnesses?.includes(name) ?? true);
    const permissions = await Promise.all(wanted.map(witness => witness.check(4)));
    const refused = wanted.filter((_, index) => !permissions[index]!.allowed);
    const remedy = permissions.flatMap(each => (each.allowed ? [] : (each.remedy ?? [])))[0];
    const missing = `echo alone, without ${refused.map(({ name }) => name).join(' and ')}`;
    return new Witnesses(
      new Set(wanted.filter(witness => !refused.includes(witness))),
      probes.get(clock.probe) ?? defaultOptions(clock.options),
      refused.length === 0 ? undefined : `${missing}${remedy ? ` — permit it: ${remedy}` : ''}`,
    );
  }

  /** By name, as far as they can be had of a target. */
  async of(backend: Backend, address: Address): Promise<readonly string[]> {
    if (backend.probe === 'sim') return ['echo'];
    const hasClock = this.permitted.has(clock) && (address.family === 4 || this.clockOptions.tcp! > 0);
    const hasSegment = this.permitted.has(announce) && (await isOnSegment(address));
    return ['echo', ...(hasClock ? [clock.name] : []), ...(hasSegment ? [announce.name] : [])];
  }

  /** What to open for targets that are probed by this backend: itself, and what is to run beside it. */
  beside(backend: Backend): readonly Backend[] {
    if (backend.probe === 'sim') return [backend];
    const together = withWitnesses(backend, {
      ...(this.permitted.has(clock) && { clock: this.clockOptions }),
      announce: this.permitted.has(announce),
    });
    return together ? [together] : [backend, ...this.permitted];
  }
}
