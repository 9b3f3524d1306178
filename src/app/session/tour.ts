import type { Ability } from '../../core/capabilities.js';
import type { SessionInfo } from '../../core/session-info.js';
import { parseTarget, type TargetSpec } from '../../plan/targets.js';
import { resolve } from '../../sources/resolve.js';
import type { Question } from '../../ui/model/session-actions.js';
import type { TourState } from '../../ui/view/tour-state.js';
import { abilitiesOf, survey } from '../abilities.js';
import type { TargetList } from './target-list.js';

interface TourPorts {
  info(): SessionInfo;
  targetList: Pick<TargetList, 'add' | 'remove'>;
  /** The address family of host names; absent: either. */
  family: 4 | 6 | undefined;
  say(text: string): void;
  /** About the rights that the process was started with; said when the tour ends, and something is sent. */
  remark: string | undefined;
}

/** The tour of a user who named no target: it ends when a host takes the place of the simulated VM. */
export class Tour {
  private abilities: readonly Ability[] | undefined;

  private constructor(
    private readonly vm: TargetSpec,
    private readonly ports: TourPorts,
  ) {}

  /** Begins the tour, and meanwhile finds out what this machine permits. */
  static begin(vm: TargetSpec, ports: TourPorts): Tour {
    const tour = new Tour(vm, ports);
    survey().then(
      found => {
        tour.abilities = abilitiesOf(found);
      },
      (error: Error) => ports.say(`what this machine permits is unknown: ${error.message}`),
    );
    return tour;
  }

  /** Undefined once the simulated VM is not watched any more. */
  get state(): TourState | undefined {
    const { vm, abilities } = this;
    const isWatched = this.ports.info().targets.some(({ target }) => target === vm.id);
    return isWatched ? { target: vm.id, abilities } : undefined;
  }

  /**
   * Asks for the host that takes the place of the simulated VM. Unlike a host that is added later, it has to resolve at
   * once: otherwise a typing error would be all that is left to watch.
   */
  readonly question: Question = {
    label: 'host to watch',
    // The question may open by itself just as the user presses Enter for the evidence.
    whenEmpty: 'open',
    check: async text => {
      if (text.trim() !== '') await resolve(parseTarget(text), this.ports.family);
    },
    answer: text => {
      if (text.trim() === '') return;
      const { targetList, remark, say } = this.ports;
      targetList.add(text);
      targetList.remove(this.vm.id);
      if (remark) say(remark);
    },
    // A shown event is one of the simulated VM.
    typing: () => ({ event: undefined, page: undefined }),
  };
}
