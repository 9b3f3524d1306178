import { BACKEND_OF_SCHEME, backendNamed, backends } from '../../probes/index.js';
import type { Backend } from '../../probes/prober.js';
import { getOrMake } from '../core/get-or-make.js';
import type { TargetSpec } from '../plan/targets.js';

/** The backend of a target, and notices about better ones that were refused. */
export interface Choice {
  backend: Backend;
  notices: readonly string[];
}

/** Checks each backend once per address family, however many targets there are. */
export class BackendChooser {
  private readonly made = new Map<string, Promise<Choice>>();

  /** `forced` is the user's `--backend`; `probes` the probers that the user's `--probe` named for hosts. */
  constructor(
    private readonly forced: string | undefined,
    private readonly probes: readonly string[],
  ) {}

  for(spec: TargetSpec, family: 4 | 6): Promise<Choice> {
    const key = `${spec.scheme} ${family}`;
    return getOrMake(this.made, key, () => this.choose(spec, family));
  }

  private choose(spec: TargetSpec, family: 4 | 6): Promise<Choice> {
    if (spec.scheme !== 'icmp') return this.only(BACKEND_OF_SCHEME[spec.scheme], family);
    return this.forced ? this.only(this.forced, family) : this.best(family);
  }

  /** Rejects if the backend is not permitted, because the user chose this one. */
  private async only(name: string, family: 4 | 6): Promise<Choice> {
    const backend = backendNamed(name);
    const permission = await backend.check(family);
    if (permission.allowed) return { backend, notices: weakness(backend) };
    throw new Error(`backend ${name} is not available: ${permission.reason}${permit(permission.remedy)}`);
  }

  private async best(family: 4 | 6): Promise<Choice> {
    const candidates = backends.filter(
      ({ name, probe }) => name !== BACKEND_OF_SCHEME.sim && this.wanted(probe),
    );
    const refused: Refusal[] = [];
    for (const backend of candidates) {
      const permission = await backend.check(family);
      if (permission.allowed) return { backend, notices: noticesOf(backend, refused) };
      refused.push({ name: backend.name, ...permission });
    }
    const reasons = refused.map(({ name, reason, remedy }) => `${name}: ${reason}${permit(remedy)}`);
    throw new Error(`no backend can probe over IPv${family} here:\n  ${reasons.join('\n  ')}`);
  }

  private wanted(probe: string): boolean {
    return this.probes.length === 0 || this.probes.includes(probe);
  }
}

interface Refusal {
  name: string;
  reason: string;
  remedy?: string;
}

/** Nothing with an ICMP socket; otherwise the command that permits the best backend. */
function noticesOf(backend: Backend, refused: readonly Refusal[]): readonly string[] {
  const [best] = refused;
  if (backend.probe === 'icmp' || !best) return weakness(backend);
  return [
    `probing by ${backend.name}, less exact than ${best.name}${permit(best.remedy)} — see: migwatch doctor`,
    ...weakness(backend),
  ];
}

function weakness({ name, forgeable }: Backend): readonly string[] {
  return forgeable ? [`${name} is easier to forge than our own ICMP sockets: ${forgeable}`] : [];
}

function permit(remedy: string | undefined): string {
  return remedy ? ` — permit it: ${remedy}` : '';
}
