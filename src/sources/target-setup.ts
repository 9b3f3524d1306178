import { isWitness } from '../../probes/index.js';
import type { Backend } from '../../probes/prober.js';
import type { Millis } from '../core/sample.js';
import type { WatchPlan } from '../plan/plan.js';
import type { Asked, Member } from './active-target.js';
import { BackendChooser } from './choose-backend.js';
import { resolve } from './resolve.js';
import { streamOf, Witnesses } from './witnesses.js';

/** Finds out how a target is to be probed here. */
export class Admission {
  private constructor(
    private readonly plan: WatchPlan,
    private readonly chooser: BackendChooser,
    private readonly witnesses: Witnesses,
  ) {}

  static async of(plan: WatchPlan): Promise<Admission> {
    const hostProbes = [...plan.probes.keys()].filter(probe => probe !== 'sim' && !isWitness(probe));
    const chooser = new BackendChooser(plan.backend, hostProbes);
    return new Admission(plan, chooser, await Witnesses.permitted(plan));
  }

  /** Which witnesses are missing, and the line that permits them. */
  get notice(): string | undefined {
    return this.witnesses.notice;
  }

  /** What to open for targets that are probed by this backend. */
  beside(backend: Backend): readonly Backend[] {
    return this.witnesses.beside(backend);
  }

  /** Resolves its name and chooses its backend. Rejects with what keeps it from being probed. */
  async admit({ spec, phaseMs }: Asked, now: () => Millis, notice: (text: string) => void): Promise<Member> {
    const address = await resolve(spec, this.plan.family);
    const { backend, notices } = await this.chooser.for(spec, address.family);
    notices.forEach(notice);
    const witnesses = await this.witnesses.of(backend, address);
    return {
      ...{ spec, backend, address, phaseMs, witnesses },
      ...{ firstSeq: 0, nextSeq: 0, holders: [] },
      ...{ lastReplyAt: now(), lookedUpAt: now(), clockReadAt: now() },
      stream: streamOf(spec, this.plan),
    };
  }
}
