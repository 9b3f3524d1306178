import { isWitness } from '../../probes/index.js';
import type { Backend } from '../../probes/prober.js';
import type { Millis } from '../core/sample.js';
import type { WatchPlan } from '../plan/plan.js';
import type { ActiveTarget, TargetRequest } from './active-target.js';
import { BackendChooser } from './choose-backend.js';
import { resolve } from './resolve.js';
import { streamOf, Witnesses } from './witnesses.js';

/** Finds out how a target can be probed on this machine. */
export class TargetSetup {
  private constructor(
    private readonly plan: WatchPlan,
    private readonly chooser: BackendChooser,
    private readonly witnesses: Witnesses,
  ) {}

  static async of(plan: WatchPlan): Promise<TargetSetup> {
    const hostProbes = [...plan.probes.keys()].filter(probe => probe !== 'sim' && !isWitness(probe));
    const chooser = new BackendChooser(plan.backend, hostProbes);
    return new TargetSetup(plan, chooser, await Witnesses.permitted(plan));
  }

  /** Names the missing witnesses and the command that permits them. */
  get notice(): string | undefined {
    return this.witnesses.notice;
  }

  /** The backends to open for targets of this backend. */
  companions(backend: Backend): readonly Backend[] {
    return this.witnesses.beside(backend);
  }

  /** Resolves the name of a target and chooses its backend. Rejects with the reason why it can't be probed. */
  async start(
    { spec, phaseMs }: TargetRequest,
    now: () => Millis,
    notice: (text: string) => void,
  ): Promise<ActiveTarget> {
    const address = await resolve(spec, this.plan.family);
    const { backend, notices } = await this.chooser.for(spec, address.family);
    // The command that permits the missing witnesses permits the best backend too: one line is enough.
    if (this.witnesses.notice === undefined) notices.forEach(notice);
    const witnesses = await this.witnesses.of(backend, spec, address);
    return {
      ...{ spec, backend, address, phaseMs, witnesses },
      ...{ firstSeq: 0, nextSeq: 0, probers: [] },
      ...{ lastReplyAt: now(), lookedUpAt: now(), clockReadAt: now(), clockTried: false },
      stream: streamOf(spec, this.plan),
    };
  }
}
