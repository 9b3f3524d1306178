import { clockHttp } from '../../probes/clock-http.js';
import type { Backend } from '../../probes/prober.js';
import { stream } from '../../probes/stream.js';
import { getOrMake } from '../core/get-or-make.js';
import type { ActiveTarget } from './active-target.js';
import { BackendSupervisor, type BackendSupervisorPorts } from './backend-supervisor.js';

/** A backend that probes only the targets with a URL for it. */
const BY_URL = [
  { backend: stream, field: 'stream' },
  { backend: clockHttp, field: 'dateUrl' },
] as const;

/** What probes the targets of one backend: the backend, its companions (clock, announcements), and those by URL. */
interface BackendGroup {
  companions: readonly BackendSupervisor[];
  byUrl: readonly { supervisor: BackendSupervisor; field: (typeof BY_URL)[number]['field'] }[];
}

/** The probers of a session, a group for each backend in use. */
export class BackendGroups {
  private readonly groups = new Map<string, BackendGroup>();

  /** `companionsOf` returns the backend itself, and what is opened beside it. */
  constructor(
    private readonly companionsOf: (backend: Backend) => readonly Backend[],
    private readonly ports: BackendSupervisorPorts,
  ) {}

  /** Starts to probe targets. Resolves with the error that kept the backend itself from opening, if any; its companions may fail. */
  async probe(backend: Backend, targets: readonly ActiveTarget[]): Promise<Error | undefined> {
    const { companions, byUrl } = getOrMake(this.groups, backend.name, () => this.newGroup(backend));
    const own = companions.map(supervisor => supervisor.add(targets));
    for (const each of targets) each.probers = companions;
    const others = byUrl.map(({ supervisor, field }) => {
      const served = targets.filter(({ spec }) => spec[field] !== undefined);
      for (const each of served) each.probers = [...each.probers, supervisor];
      return served.length > 0 ? supervisor.add(served) : undefined;
    });
    const [error] = await Promise.all([...own, ...others]);
    return error;
  }

  async stop(): Promise<void> {
    const supervisors = [...this.groups.values()].flatMap(({ companions, byUrl }) => [
      ...companions,
      ...byUrl.map(({ supervisor }) => supervisor),
    ]);
    await Promise.all(supervisors.map(supervisor => supervisor.stop()));
  }

  private newGroup(backend: Backend): BackendGroup {
    return {
      companions: this.companionsOf(backend).map(each => new BackendSupervisor(each, this.ports)),
      byUrl: BY_URL.map(({ backend: each, field }) => ({
        supervisor: new BackendSupervisor(each, this.ports),
        field,
      })),
    };
  }
}
